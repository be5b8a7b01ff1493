/**
 * Verbs of services that cost by use: what people say for calls of mail, models, quotas and the Marketplace, one line an action.
 * Pure. All of it is our own words.
 */
import { words } from "./text.ts";
import { act, CHANGE, CREATE, DELETE, OF, on, pair, STOP, type Verb, WRITE } from "./verb.ts";

const ACCEPT = pair(words`accepted`, words`accept`);
const ASK = pair(words`asked for`, words`ask for`);
const BUY = pair(words`bought`, words`buy`);
const CALL = pair(words`called`, words`call`);
const SEND = pair(words`sent`, words`send`);
const TRY = pair(words`tried out`, words`try out`);
const VERIFY = pair(words`put up for sending`, words`put up for sending`);

export const PAID_VERBS: Readonly<Record<string, Verb>> = {
  "agreement-marketplace:AcceptAgreementApprovalRequest": act(ACCEPT, words`an agreement in the Marketplace`),
  "agreement-marketplace:AcceptAgreementRequest": act(ACCEPT, words`an agreement in the Marketplace`),
  "agreement-marketplace:CreateAgreementRequest": act(ASK, words`an agreement in the Marketplace`),
  "aws-marketplace:Subscribe": act(ACCEPT, words`a subscription in the Marketplace`),
  "bedrock:AssociateAgentCollaborator": act(CHANGE, words`what may be done by`, "agent"),
  "bedrock:AssociateAgentKnowledgeBase": act(CHANGE, words`what is known to`, "agent"),
  "bedrock:Converse": on(CALL, "model"),
  "bedrock:ConverseStream": on(CALL, "model"),
  "bedrock:CreateAgent": on(CREATE, "agent"),
  "bedrock:CreateAgentActionGroup": act(CHANGE, words`what may be done by`, "agent"),
  "bedrock:CreateFlow": act(CREATE, words`a flow of Bedrock`),
  "bedrock:CreateFoundationModelAgreement": act(ACCEPT, words`an agreement for`, "model"),
  "bedrock:CreateKnowledgeBase": on(CREATE, "knowledge base"),
  "bedrock:CreateMarketplaceModelEndpoint": act(BUY, words`an endpoint for`, "model"),
  "bedrock:CreateModelCustomizationJob": act(CREATE, words`a model trained on other data`),
  "bedrock:CreateModelImportJob": act(CREATE, words`an imported model`),
  "bedrock:CreateModelInvocationJob": act(CREATE, words`a batch of calls of`, "model"),
  "bedrock:CreateProvisionedModelThroughput": act(BUY, words`throughput of`, "model"),
  "bedrock:DeleteAgent": on(DELETE, "agent"),
  "bedrock:DeleteAgentActionGroup": act(CHANGE, words`what may be done by`, "agent"),
  "bedrock:DeleteCustomModel": on(DELETE, "model"),
  "bedrock:DeleteDataSource": act(DELETE, words`a data source of`, "knowledge base"),
  "bedrock:DeleteImportedModel": on(DELETE, "model"),
  "bedrock:DeleteKnowledgeBase": on(DELETE, "knowledge base"),
  "bedrock:DeleteMarketplaceModelEndpoint": act(DELETE, words`an endpoint for a model of the Marketplace`),
  "bedrock:DeleteProvisionedModelThroughput": act(DELETE, words`throughput of`, "model"),
  "bedrock:DeleteResourcePolicy": act(DELETE, words`a policy of Bedrock`),
  "bedrock:DisassociateAgentKnowledgeBase": act(CHANGE, words`what is known to`, "agent"),
  "bedrock:InvokeAgent": on(CALL, "agent"),
  "bedrock:InvokeFlow": act(CALL, words`a flow of Bedrock`),
  "bedrock:InvokeInlineAgent": act(CALL, words`a model of Bedrock`),
  "bedrock:InvokeModel": on(CALL, "model"),
  "bedrock:InvokeModelWithBidirectionalStream": on(CALL, "model"),
  "bedrock:InvokeModelWithResponseStream": on(CALL, "model"),
  "bedrock:PutFoundationModelEntitlement": act(ASK, words`access to`, "model"),
  "bedrock:PutResourcePolicy": act(WRITE, words`a policy of Bedrock`),
  "bedrock:PutUseCaseForModelAccess": act(ASK, words`access to models of Bedrock`),
  "bedrock:RetrieveAndGenerate": act(CALL, words`a model of Bedrock`),
  "bedrock:RetrieveAndGenerateStream": act(CALL, words`a model of Bedrock`),
  "bedrock:StartAsyncInvoke": on(CALL, "model"),
  "bedrock:UpdateAgent": on(CHANGE, "agent"),
  "bedrock:UpdateAgentActionGroup": act(CHANGE, words`what may be done by`, "agent"),
  "bedrock:UpdateAgentAlias": on(CHANGE, "agent"),
  "bedrock:UpdateAgentCollaborator": act(CHANGE, words`what may be done by`, "agent"),
  "bedrock:UpdateAgentKnowledgeBase": act(CHANGE, words`what is known to`, "agent"),
  "bedrock:UpdateDataSource": act(CHANGE, words`a data source of`, "knowledge base"),
  "bedrock:UpdateFlow": act(CHANGE, words`a flow of Bedrock`),
  "bedrock:UpdateKnowledgeBase": on(CHANGE, "knowledge base"),
  "bedrock:UpdatePrompt": act(CHANGE, words`a prompt of Bedrock`),
  "bedrock:UpdateProvisionedModelThroughput": act(CHANGE, words`throughput of`, "model"),
  "ec2:StopInstances": on(STOP, "instance"),
  "iam:SimulatePrincipalPolicy": act(TRY, words`what a principal may do`),
  "servicequotas:AssociateServiceQuotaTemplate": act(CHANGE, words`the quotas of new accounts`),
  "servicequotas:PutServiceQuotaIncreaseRequestIntoTemplate": act(ASK, words`a higher quota of`, "quota", OF),
  "servicequotas:RequestServiceQuotaIncrease": act(ASK, words`more of`, "quota", OF),
  "ses:CreateEmailIdentity": on(VERIFY, "mail identity"),
  "ses:DeleteEmailIdentity": on(DELETE, "mail identity"),
  "ses:DeleteIdentity": on(DELETE, "mail identity"),
  "ses:DeleteVerifiedEmailAddress": on(DELETE, "mail identity"),
  "ses:PutAccountDetails": act(ASK, words`leave to send mail to everybody`),
  "ses:PutAccountSendingAttributes": act(CHANGE, words`whether this account sends mail`),
  "ses:SendBulkEmail": act(SEND, words`mail of`, "mail identity"),
  "ses:SendBulkTemplatedEmail": act(SEND, words`mail of`, "mail identity"),
  "ses:SendEmail": act(SEND, words`mail of`, "mail identity"),
  "ses:SendRawEmail": act(SEND, words`mail of`, "mail identity"),
  "ses:SendTemplatedEmail": act(SEND, words`mail of`, "mail identity"),
  "ses:UpdateAccountSendingEnabled": act(CHANGE, words`whether this account sends mail`),
  "ses:VerifyDomainIdentity": on(VERIFY, "mail identity"),
  "ses:VerifyEmailAddress": on(VERIFY, "mail identity"),
  "ses:VerifyEmailIdentity": on(VERIFY, "mail identity"),
};
