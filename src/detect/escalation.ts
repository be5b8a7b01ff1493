/**
 * Escalation: which sets of permissions lead to more than they say.
 * Pure. Source: the action sets are facts of pathfinding.cloud (DataDog, Apache-2.0), whose ids they carry, as of 2026-11;
 * what it does not number has a name of ours and comes from Prowler (Apache-2.0) and the IAM documentation.
 */
import type { Json } from "../cloudtrail/json.ts";
import { canDo } from "./policy.ts";

/**
 * What a path gives: `self` more permissions for oneself, `access` the credentials of another principal, `passrole` a role for
 * something new that one runs, `existing` the role of something that runs already, if there is such a thing.
 */
export type EscalationKind = "self" | "access" | "passrole" | "existing";

/** A path's id and the actions that together open it, each on any resource of its kind. `+` stands for iam:PassRole. */
const PATHS: Readonly<Record<EscalationKind, readonly (readonly [id: string, actions: string])[]>> = {
  self: [
    ["iam-001", "iam:CreatePolicyVersion"],
    ["iam-005", "iam:PutRolePolicy"],
    ["iam-007", "iam:PutUserPolicy"],
    ["iam-008", "iam:AttachUserPolicy"],
    ["iam-009", "iam:AttachRolePolicy"],
    ["iam-010", "iam:AttachGroupPolicy"],
    ["iam-011", "iam:PutGroupPolicy"],
    ["iam-013", "iam:AddUserToGroup"],
    ["iam-022", "iam:DeleteUserPermissionsBoundary"],
    ["sso-001", "sso:CreatePermissionSet sso:CreateAccountAssignment sso:AttachManagedPolicyToPermissionSet"],
    ["sso-002", "sso:AttachManagedPolicyToPermissionSet"],
    ["sso-003", "sso:PutInlinePolicyToPermissionSet"],
    ["set-default-policy-version", "iam:SetDefaultPolicyVersion"],
    ["replace-user-boundary", "iam:PutUserPermissionsBoundary"],
    ["replace-role-boundary", "iam:PutRolePermissionsBoundary"],
    ["drop-user-policy", "iam:DetachUserPolicy iam:DeleteUserPolicy"],
    ["drop-role-policy", "iam:DetachRolePolicy iam:DeleteRolePolicy"],
    ["eks-access-entry", "eks:CreateAccessEntry eks:AssociateAccessPolicy"],
  ],
  access: [
    ["iam-002", "iam:CreateAccessKey"],
    ["iam-003", "iam:CreateAccessKey iam:DeleteAccessKey"],
    ["iam-004", "iam:CreateLoginProfile"],
    ["iam-006", "iam:UpdateLoginProfile"],
    ["iam-012", "iam:UpdateAssumeRolePolicy sts:AssumeRole"],
    ["iam-014", "iam:AttachRolePolicy sts:AssumeRole"],
    ["iam-015", "iam:AttachUserPolicy iam:CreateAccessKey"],
    ["iam-016", "iam:CreatePolicyVersion sts:AssumeRole"],
    ["iam-017", "iam:PutRolePolicy sts:AssumeRole"],
    ["iam-018", "iam:PutUserPolicy iam:CreateAccessKey"],
    ["iam-019", "iam:AttachRolePolicy iam:UpdateAssumeRolePolicy"],
    ["iam-020", "iam:CreatePolicyVersion iam:UpdateAssumeRolePolicy"],
    ["iam-021", "iam:PutRolePolicy iam:UpdateAssumeRolePolicy"],
    ["iam-023", "iam:DeleteRolePermissionsBoundary sts:AssumeRole"],
    ["sts-001", "sts:AssumeRole"],
    ["change-role-trust", "iam:UpdateAssumeRolePolicy"],
    ["service-credential", "iam:CreateServiceSpecificCredential"],
    ["signing-certificate", "iam:UploadSigningCertificate"],
    ["change-saml-provider", "iam:UpdateSAMLProvider"],
    ["create-oidc-provider", "iam:CreateOpenIDConnectProvider iam:UpdateAssumeRolePolicy"],
    ["roles-anywhere", "+ rolesanywhere:CreateTrustAnchor rolesanywhere:CreateProfile"],
    ["assume-root", "sts:AssumeRoot"],
    ["accept-delegation", "iam:AcceptDelegationRequest iam:SendDelegationToken"],
  ],
  passrole: [
    ["apprunner-001", "+ apprunner:CreateService"],
    ["batch-001", "+ batch:RegisterJobDefinition batch:SubmitJob"],
    [
      "bedrock-001",
      "+ bedrock-agentcore:CreateCodeInterpreter bedrock-agentcore:StartCodeInterpreterSession bedrock-agentcore:InvokeCodeInterpreter",
    ],
    [
      "bedrock-003",
      "+ bedrock-agentcore:CreateAgentRuntime bedrock-agentcore:CreateAgentRuntimeEndpoint bedrock-agentcore:CreateWorkloadIdentity bedrock-agentcore:InvokeAgentRuntimeCommand",
    ],
    [
      "agentcore-browser",
      "+ bedrock-agentcore:CreateBrowser bedrock-agentcore:StartBrowserSession bedrock-agentcore:ConnectBrowserAutomationStream",
    ],
    ["braket-001", "+ braket:CreateJob"],
    ["cloudformation-001", "+ cloudformation:CreateStack"],
    ["cloudformation-003", "+ cloudformation:CreateStackSet cloudformation:CreateStackInstances"],
    ["cloudformation-004", "+ cloudformation:UpdateStackSet"],
    ["codebuild-001", "+ codebuild:CreateProject codebuild:StartBuild"],
    ["codebuild-004", "+ codebuild:CreateProject codebuild:StartBuildBatch"],
    ["cognitoidentity-001", "+ cognito-identity:SetIdentityPoolRoles"],
    [
      "datapipeline-001",
      "+ datapipeline:CreatePipeline datapipeline:PutPipelineDefinition datapipeline:ActivatePipeline",
    ],
    ["ec2-001", "+ ec2:RunInstances"],
    ["ec2-004", "+ ec2:RequestSpotInstances"],
    ["ecs-001", "+ ecs:CreateCluster ecs:RegisterTaskDefinition ecs:CreateService"],
    ["ecs-002", "+ ecs:CreateCluster ecs:RegisterTaskDefinition ecs:RunTask"],
    ["ecs-003", "+ ecs:RegisterTaskDefinition ecs:CreateService"],
    ["ecs-004", "+ ecs:RegisterTaskDefinition ecs:RunTask"],
    ["ecs-005", "+ ecs:RegisterTaskDefinition ecs:StartTask"],
    ["ecs-007", "+ ecs:StartTask ecs:RegisterContainerInstance ecs:DeregisterContainerInstance"],
    ["ecs-008", "+ ecs:RunTask"],
    ["ecs-009", "+ ecs:StartTask"],
    ["emr-001", "+ elasticmapreduce:RunJobFlow"],
    ["emrserverless-001", "+ emr-serverless:CreateApplication emr-serverless:StartJobRun"],
    ["gamelift-001", "+ gamelift:CreateBuild gamelift:CreateFleet gamelift:RequestUploadCredentials"],
    ["glue-001", "+ glue:CreateDevEndpoint"],
    ["glue-003", "+ glue:CreateJob glue:StartJobRun"],
    ["glue-004", "+ glue:CreateJob glue:CreateTrigger"],
    ["glue-005", "+ glue:UpdateJob glue:StartJobRun"],
    ["glue-006", "+ glue:UpdateJob glue:CreateTrigger"],
    ["glue-007", "+ glue:CreateSession glue:RunStatement"],
    [
      "imagebuilder-001",
      "+ imagebuilder:CreateComponent imagebuilder:CreateImageRecipe imagebuilder:CreateInfrastructureConfiguration imagebuilder:CreateImage",
    ],
    ["kinesisanalytics-001", "+ kinesisanalytics:CreateApplication kinesisanalytics:StartApplication"],
    ["lambda-001", "+ lambda:CreateFunction lambda:InvokeFunction"],
    ["lambda-002", "+ lambda:CreateFunction lambda:CreateEventSourceMapping"],
    ["lambda-006", "+ lambda:CreateFunction lambda:AddPermission"],
    ["omics-001", "+ omics:CreateWorkflow omics:StartRun s3:GetObject"],
    ["sagemaker-001", "+ sagemaker:CreateNotebookInstance"],
    ["sagemaker-002", "+ sagemaker:CreateTrainingJob"],
    ["sagemaker-003", "+ sagemaker:CreateProcessingJob"],
    ["scheduler-001", "+ scheduler:CreateSchedule"],
    ["ssm-003", "+ ssm:CreateDocument ssm:StartAutomationExecution"],
    ["stepfunctions-001", "+ states:CreateStateMachine states:StartExecution"],
    ["attach-instance-profile", "+ ec2:AssociateIamInstanceProfile"],
    ["replace-instance-profile", "+ ec2:ReplaceIamInstanceProfileAssociation"],
    ["fill-instance-profile", "+ iam:AddRoleToInstanceProfile"],
    ["create-auto-scaling", "+ autoscaling:CreateAutoScalingGroup autoscaling:CreateLaunchConfiguration"],
    ["update-auto-scaling", "+ autoscaling:UpdateAutoScalingGroup autoscaling:CreateLaunchConfiguration"],
    ["change-function-role", "+ lambda:UpdateFunctionConfiguration lambda:UpdateFunctionCode"],
    ["rds-role", "+ rds:AddRoleToDBCluster"],
  ],
  existing: [
    ["apprunner-002", "apprunner:UpdateService"],
    ["batch-002", "batch:SubmitJob"],
    ["bedrock-002", "bedrock-agentcore:StartCodeInterpreterSession bedrock-agentcore:InvokeCodeInterpreter"],
    ["agentcore-command", "bedrock-agentcore:InvokeAgentRuntimeCommand"],
    [
      "agentcore-browser-session",
      "bedrock-agentcore:StartBrowserSession bedrock-agentcore:ConnectBrowserAutomationStream",
    ],
    ["cloudformation-002", "cloudformation:UpdateStack"],
    ["cloudformation-005", "cloudformation:CreateChangeSet cloudformation:ExecuteChangeSet"],
    ["codebuild-002", "codebuild:StartBuild"],
    ["codebuild-003", "codebuild:StartBuildBatch"],
    [
      "codedeploy-001",
      "codedeploy:CreateDeployment codedeploy:RegisterApplicationRevision codedeploy:GetDeploymentConfig",
    ],
    ["ec2-002", "ec2:ModifyInstanceAttribute ec2:StopInstances ec2:StartInstances"],
    ["ec2-003", "ec2-instance-connect:SendSSHPublicKey"],
    ["ec2-005", "ec2:CreateLaunchTemplateVersion ec2:ModifyLaunchTemplate"],
    ["ecs-006", "ecs:ExecuteCommand ecs:DescribeTasks"],
    ["glue-002", "glue:UpdateDevEndpoint"],
    ["lambda-003", "lambda:UpdateFunctionCode"],
    ["lambda-004", "lambda:UpdateFunctionCode lambda:InvokeFunction"],
    ["lambda-005", "lambda:UpdateFunctionCode lambda:AddPermission"],
    ["sagemaker-004", "sagemaker:CreatePresignedNotebookInstanceUrl"],
    [
      "sagemaker-005",
      "sagemaker:CreateNotebookInstanceLifecycleConfig sagemaker:StopNotebookInstance sagemaker:UpdateNotebookInstance sagemaker:StartNotebookInstance",
    ],
    ["ssm-001", "ssm:StartSession"],
    ["ssm-002", "ssm:SendCommand"],
    ["stepfunctions-002", "states:UpdateStateMachine states:StartExecution"],
    ["change-function-layers", "lambda:UpdateFunctionConfiguration"],
  ],
};

const KINDS = ["self", "access", "passrole", "existing"] as const;
const COMPILED = KINDS.flatMap((kind) =>
  PATHS[kind].map(([id, actions]) => ({ id, kind, actions: actions.replace("+", "iam:PassRole").split(" ") })),
);
const KIND_OF: ReadonlyMap<string, EscalationKind> = new Map(COMPILED.map(({ id, kind }) => [id, kind]));

/**
 * Ids of the paths that a policy surely opens: every action allowed on any resource, no condition.
 *
 * `{ Effect: "Allow", Action: ["ec2:*", "iam:PassRole"], Resource: "*" }` → `["ec2-001", "ec2-004", …, "ec2-002", "ec2-005"]`
 */
export function escalationsOf(document: Json): readonly string[] {
  const asked = new Map<string, boolean>();
  const can = canDo(document, "do-not-count");
  const may = (action: string) => {
    const known = asked.get(action) ?? can(action);
    asked.set(action, known);
    return known;
  };
  return COMPILED.filter(({ actions }) => actions.every(may)).map(({ id }) => id);
}

/** `"iam-007"` → `"self"`; undefined for an id that is not in the table. */
export function escalationKindOf(id: string): EscalationKind | undefined {
  return KIND_OF.get(id);
}
