/**
 * Workload verbs: what people say for the actions of functions, containers, notebooks, jobs and their images.
 * Pure. All of it is our own words.
 */
import { words } from "./text.ts";
import { act, CHANGE, CREATE, DELETE, IN, on, pair, START, STOP, TO, type Verb } from "./verb.ts";

const GIVE = pair(words`gave`, words`give`);
const PULL = pair(words`pulled`, words`pull`);
const PUSH = pair(words`pushed`, words`push`);
const REGISTER = pair(words`registered`, words`register`);
const RUN = pair(words`ran`, words`run`);
const SUBMIT = pair(words`submitted`, words`submit`);
const AS = [words`as`];

export const WORKLOAD_VERBS: Readonly<Record<string, Verb>> = {
  "batch:SubmitJob": on(SUBMIT, "job", AS),
  "codebuild:UpdateProjectVisibility": act(CHANGE, words`who may see`, "project"),
  "ecr:BatchDeleteImage": act(DELETE, words`images of`, "repository"),
  "ecr:BatchGetImage": act(PULL, words`an image of`, "repository"),
  "ecr:DeleteRepository": on(DELETE, "repository"),
  "ecr:PutImage": act(PUSH, words`an image to`, "repository"),
  "ecr:PutRegistryPolicy": act(CHANGE, words`who may use the container registry`),
  "ecr:PutReplicationConfiguration": act(CHANGE, words`where container images are copied to`),
  "ecs:CreateCluster": on(CREATE, "cluster"),
  "ecs:CreateService": on(CREATE, "service", IN),
  "ecs:RegisterTaskDefinition": on(REGISTER, "task definition"),
  "ecs:ExecuteCommand": act(RUN, words`a command in a container of`, "cluster"),
  "ecs:RunTask": on(RUN, "task definition", IN),
  "ecs:StartTask": on(RUN, "task definition", IN),
  "eks:AssociateAccessPolicy": on(GIVE, "policy", TO),
  "eks:CreateAccessEntry": act(GIVE, words`access to a cluster:`, "principal", TO),
  "eks:CreateCluster": on(CREATE, "cluster"),
  "eks:DeleteCluster": on(DELETE, "cluster"),
  "eks:UpdateAccessEntry": act(CHANGE, words`the access to a cluster of`, "principal", TO),
  "glue:CreateDevEndpoint": on(CREATE, "development endpoint"),
  "glue:CreateJob": on(CREATE, "job"),
  "glue:PutResourcePolicy": act(CHANGE, words`who may use the data catalog`),
  "glue:UpdateDevEndpoint": on(CHANGE, "development endpoint"),
  "glue:UpdateJob": on(CHANGE, "job"),
  "lambda:DeleteFunction": on(DELETE, "function"),
  "lambda:DeleteFunction20150331": on(DELETE, "function"),
  "sagemaker:CreateNotebookInstance": on(CREATE, "notebook"),
  "sagemaker:CreateNotebookInstanceLifecycleConfig": on(CREATE, "lifecycle script"),
  "sagemaker:CreateStudioLifecycleConfig": on(CREATE, "lifecycle script"),
  "sagemaker:StartNotebookInstance": on(START, "notebook"),
  "sagemaker:StopNotebookInstance": on(STOP, "notebook"),
  "sagemaker:UpdateNotebookInstance": on(CHANGE, "notebook"),
  "sagemaker:UpdateNotebookInstanceLifecycleConfig": on(CHANGE, "lifecycle script"),
};
