/**
 * Identity verbs: what people say for sign-ins, sessions, Identity Center and the other doors into an account.
 * Pure. All of it is our own words.
 */
import { words } from "./text.ts";
import {
  ADD,
  act,
  CHANGE,
  CREATE,
  DELETE,
  FOR,
  IN,
  OPEN,
  on,
  pair,
  REMOVE,
  SET,
  SWITCH_OFF,
  SWITCH_ON,
  type Verb,
} from "./verb.ts";

const ASK = pair(words`asked`, words`ask`);
const ACCEPT = pair(words`accepted`, words`accept`);
const ASSUME = pair(words`assumed`, words`assume`);
const FINISH = pair(words`finished`, words`finish`);
const GIVE = pair(words`gave`, words`give`);
const ISSUE = pair(words`issued`, words`issue`);
const PASS = pair(words`passed`, words`pass`);
const SIGN_IN = pair(words`signed in`, words`sign in`);
const TAKE = pair(words`took`, words`take`);

export const IDENTITY_VERBS: Readonly<Record<string, Verb>> = {
  "acm-pca:GetCertificate": act(TAKE, words`a certificate from`, "certificate authority"),
  "acm-pca:IssueCertificate": act(ISSUE, words`a certificate with`, "certificate authority"),
  "acm:ExportCertificate": act(TAKE, words`the private key of`, "certificate"),
  "cognito-identity:CreateIdentityPool": on(CREATE, "identity pool"),
  "cognito-identity:UpdateIdentityPool": on(CHANGE, "identity pool"),
  "cognito-identity:GetCredentialsForIdentity": act(TAKE, words`credentials of`, "identity"),
  "cognito-identity:GetId": act(TAKE, words`an identity from`, "identity pool"),
  "cognito-identity:GetOpenIdToken": act(TAKE, words`a token of`, "identity"),
  "iam:AcceptDelegationRequest": on(ACCEPT, "delegation request"),
  "iam:DeleteOpenIDConnectProvider": on(DELETE, "identity provider"),
  "iam:DeleteSAMLProvider": on(DELETE, "identity provider"),
  "iam:DisableOrganizationsRootCredentialsManagement": act(
    SWITCH_OFF,
    words`the organization's management of root credentials`,
  ),
  "iam:DisableOrganizationsRootSessions": act(SWITCH_OFF, words`the organization's root sessions`),
  "iam:EnableMFADevice": act(SWITCH_ON, undefined, "MFA device", FOR),
  "iam:EnableOutboundWebIdentityFederation": act(SWITCH_ON, words`outbound web identity federation`),
  "iam:RemoveClientIDFromOpenIDConnectProvider": act(REMOVE, words`a client of`, "identity provider"),
  "iam:SendDelegationToken": act(GIVE, words`a third party the token of`, "delegation request"),
  "identitystore:CreateGroup": on(CREATE, "group", IN),
  "identitystore:CreateGroupMembership": act(ADD, words`a user to`, "group", IN),
  "identitystore:CreateUser": on(CREATE, "user", IN),
  "rolesanywhere:CreateProfile": on(CREATE, "profile", FOR),
  "rolesanywhere:CreateTrustAnchor": on(CREATE, "trust anchor"),
  "rolesanywhere:EnableProfile": on(SWITCH_ON, "profile"),
  "rolesanywhere:EnableTrustAnchor": on(SWITCH_ON, "trust anchor"),
  "rolesanywhere:UpdateProfile": on(CHANGE, "profile", FOR),
  "rolesanywhere:UpdateTrustAnchor": on(CHANGE, "trust anchor"),
  "signin:CheckMfa": act(PASS, words`the second factor`),
  "signin:CredentialVerification": act(GIVE, words`a password or second factor`),
  "signin:GetSigninToken": act(TAKE, words`a sign-in token for the console`),
  "signin:PasswordRecoveryCompleted": act(FINISH, words`the recovery of root's password`),
  "signin:PasswordRecoveryRequested": act(ASK, words`for the recovery of root's password`),
  "signin:SwitchRole": act(CHANGE, words`roles in the console`),
  "signin:UserAuthentication": act(SIGN_IN, words`to the portal of Identity Center`),
  "sso-directory:AddMemberToGroup": act(ADD, words`a user to`, "group", IN),
  "sso-directory:CreateBearerToken": act(CREATE, words`a token to write people into Identity Center with`),
  "sso-directory:CreateExternalIdPConfigurationForDirectory": act(ADD, words`an identity provider to`, "directory"),
  "sso-directory:CreateGroup": on(CREATE, "group", IN),
  "sso-directory:CreateProvisioningTenant": act(SWITCH_ON, words`automatic provisioning of Identity Center`),
  "sso-directory:DeleteMfaDeviceForUser": act(REMOVE, words`an MFA device of a user`, undefined, IN),
  "sso-directory:EnableUser": act(SWITCH_ON, words`a user`, undefined, IN),
  "sso-directory:UpdatePassword": act(CHANGE, words`the password of a user`, undefined, IN),
  "sso-directory:CreateUser": on(CREATE, "user", IN),
  "sso-directory:DeleteExternalIdPCertificate": act(
    REMOVE,
    words`a certificate of the identity provider of`,
    "directory",
  ),
  "sso-directory:DeleteExternalIdPConfigurationForDirectory": act(REMOVE, words`the identity provider of`, "directory"),
  "sso-directory:DisableExternalIdPConfigurationForDirectory": act(
    SWITCH_OFF,
    words`the identity provider of`,
    "directory",
  ),
  "sso-directory:EnableExternalIdPConfigurationForDirectory": act(
    SWITCH_ON,
    words`the identity provider of`,
    "directory",
  ),
  "sso-directory:ImportExternalIdPCertificate": act(ADD, words`a certificate of the identity provider to`, "directory"),
  "sso-directory:UpdateExternalIdPConfigurationForDirectory": act(CHANGE, words`the identity provider of`, "directory"),
  "sso:AssociateDirectory": act(SET, words`the identity source of Identity Center to`, "directory"),
  "sso:CreateAccountAssignment": act(GIVE, words`somebody`, "permission set", IN),
  "sso:CreatePermissionSet": on(CREATE, "permission set"),
  "sso:CreateInstance": act(CREATE, words`an instance of Identity Center`),
  "sso:CreateToken": act(TAKE, words`an access token of Identity Center`),
  "sso:CreateTrustedTokenIssuer": act(ADD, words`an issuer of tokens to Identity Center`),
  "sso:DeleteInstance": act(DELETE, words`an instance of Identity Center`),
  "sso:DeleteSSO": act(DELETE, words`Identity Center`),
  "sso:DeleteTrustedTokenIssuer": act(REMOVE, words`an issuer of tokens of Identity Center`),
  "sso:DisassociateDirectory": act(REMOVE, words`the identity source of Identity Center`, "directory"),
  "sso:ListApplications": act(OPEN, words`the portal of Identity Center`),
  "sso:PutMfaDeviceManagementForDirectory": act(CHANGE, words`what Identity Center asks of second factors`),
  "sso:StartSSO": act(SWITCH_ON, words`Identity Center`),
  "sso:UpdateSsoConfiguration": act(CHANGE, words`the settings of Identity Center`),
  "sso:UpdateTrustedTokenIssuer": act(CHANGE, words`an issuer of tokens of Identity Center`),
  "sts:AssumeRoleWithSAML": on(ASSUME, "role"),
  "sts:AssumeRoleWithWebIdentity": on(ASSUME, "role"),
  "sts:GetCallerIdentity": act(ASK, words`who it is`),
};
