/**
 * Verbs of the edge: what people say for calls about domains, DNS, CloudFront and APIs, one line an action.
 * Pure. All of it is our own words.
 */
import { words } from "./text.ts";
import { ADD, act, CHANGE, CREATE, DELETE, on, pair, READ, REMOVE, STOP, TO, type Verb } from "./verb.ts";

const GIVE = pair(words`gave`, words`give`);
const HAND = pair(words`handed`, words`hand`);
const JOIN = pair(words`joined`, words`join`);
const LET = pair(words`let`, words`let`);
const PUBLISH = pair(words`published`, words`publish`);
const REGISTER = pair(words`registered`, words`register`);
const TAKE = pair(words`took`, words`take`);

export const EDGE_VERBS: Readonly<Record<string, Verb>> = {
  "apigateway:CreateApi": act(CREATE, words`an API`),
  "apigateway:CreateApiKey": act(CREATE, words`an API key`),
  "apigateway:CreateIntegration": act(ADD, words`an integration to an API`),
  "apigateway:CreateRestApi": act(CREATE, words`an API`),
  "apigateway:CreateRoute": act(ADD, words`a route to an API`),
  "apigateway:DeleteAuthorizer": act(DELETE, words`who lets callers into an API`),
  "apigateway:ImportApi": act(CREATE, words`an API`),
  "apigateway:ImportRestApi": act(CREATE, words`an API`),
  "apigateway:PutIntegration": act(CHANGE, words`an integration of an API`),
  "apigateway:PutMethod": act(ADD, words`a method to an API`),
  "apigateway:PutRestApi": act(CHANGE, words`an API`),
  "appsync:CreateApiKey": act(CREATE, words`a key of`, "API"),
  "appsync:CreateDataSource": act(ADD, words`a data source to`, "API"),
  "appsync:CreateGraphqlApi": act(CREATE, words`an API`),
  "appsync:CreateResolver": act(ADD, words`a resolver to`, "API"),
  "appsync:UpdateApiKey": act(CHANGE, words`a key of`, "API"),
  "appsync:UpdateDataSource": act(CHANGE, words`a data source of`, "API"),
  "appsync:UpdateGraphqlApi": on(CHANGE, "API"),
  "appsync:UpdateResolver": act(CHANGE, words`a resolver of`, "API"),
  "cloudfront:AssociateAlias": act(GIVE, words`another name to`, "distribution"),
  "cloudfront:CreateDistribution": act(CREATE, words`a distribution`),
  "cloudfront:CreateDistributionWithTags": act(CREATE, words`a distribution`),
  "cloudfront:CreateFunction": act(CREATE, words`a function at the edge`),
  "cloudfront:PublishFunction": act(PUBLISH, words`a function at the edge`),
  "cloudfront:UpdateDistribution": on(CHANGE, "distribution"),
  "cloudfront:UpdateFunction": act(CHANGE, words`a function at the edge`),
  "cloudfront:UpdateOriginAccessControl": act(CHANGE, words`how a distribution signs its requests`),
  "route53:AssociateVPCWithHostedZone": act(JOIN, words`a VPC with`, "hosted zone"),
  "route53:ChangeResourceRecordSets": act(CHANGE, words`records of`, "hosted zone"),
  "route53:CreateHostedZone": act(CREATE, words`a hosted zone`),
  "route53:CreateVPCAssociationAuthorization": act(LET, words`another account join a VPC with`, "hosted zone"),
  "route53:DeactivateKeySigningKey": act(STOP, words`the signing key of`, "hosted zone"),
  "route53:DeleteHostedZone": act(DELETE, words`a hosted zone`),
  "route53:DisableHostedZoneDNSSEC": act(STOP, words`signing`, "hosted zone"),
  "route53domains:AcceptDomainTransferFromAnotherAwsAccount": act(TAKE, words`over`, "domain"),
  "route53domains:DeleteDomain": on(DELETE, "domain"),
  "route53domains:DisableDomainAutoRenew": act(STOP, words`the renewal of`, "domain"),
  "route53domains:DisableDomainTransferLock": act(TAKE, words`the transfer lock off`, "domain"),
  "route53domains:DisassociateDelegationSignerFromDomain": act(REMOVE, words`the DNSSEC keys of`, "domain"),
  "route53domains:PushDomain": act(GIVE, words`away`, "domain"),
  "route53domains:RegisterDomain": on(REGISTER, "domain"),
  "route53domains:RetrieveDomainAuthCode": act(READ, words`the transfer code of`, "domain"),
  "route53domains:TransferDomain": act(TAKE, words`over`, "domain"),
  "route53domains:TransferDomainToAnotherAwsAccount": on(HAND, "domain", TO),
  "route53domains:UpdateDomainContact": act(CHANGE, words`who owns`, "domain"),
  "route53domains:UpdateDomainNameservers": act(CHANGE, words`the name servers of`, "domain"),
};
