/** The simulated gateway on its own: `import { createGateway, parsePolicy } from 'ratelab/gateway'`. */
export { causesOf, createGateway } from './gateway.ts';
export type {
  Admitted,
  BucketLevel,
  Caller,
  Cause,
  Decision,
  Gateway,
  GatewayOptions,
  GatewayRequest,
  KeyedRandom,
  RateSnapshot,
  Rejected,
  RenderedResponse,
} from './gateway.ts';
export { parsePolicy, PolicyError, policyJsonSchema } from './policy.ts';
export type * from './policy.ts';
export { policies } from './policies/index.ts';
