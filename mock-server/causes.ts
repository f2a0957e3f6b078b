import type { Policy } from './policy.ts';

/** What can reject, and of which kind it is. */
export type Cause =
  | { readonly name: string; readonly kind: 'limit'; readonly limit: string }
  | {
      readonly name: string;
      readonly kind: 'penalty';
      readonly penalty: string;
      readonly effect: 'tenant-block' | 'unavailable' | 'ip-ban';
    }
  | { readonly name: string; readonly kind: 'quirk' }
  | { readonly name: string; readonly kind: 'permission' };

/**
 * Everything that can reject under a policy, in the order of `Gateway.causes`: limits, penalty stages (`penalty: stage`), the quirks
 * that are on (`request-id-reuse`, `forbidden-as-429`), and `not-permitted`, the honest 403.
 */
export function causesOf(policy: Policy): readonly Cause[] {
  return [
    ...policy.limits.map(({ name }): Cause => ({ name, kind: 'limit', limit: name })),
    ...policy.penalties.flatMap((penalty) =>
      penalty.stages.map((stage): Cause => ({
        name: `${penalty.name}: ${stage.name}`,
        kind: 'penalty',
        penalty: penalty.name,
        effect: stage.effect,
      })),
    ),
    ...(policy.quirks.requestIdReuse === null ? [] : [{ name: 'request-id-reuse', kind: 'quirk' } as const]),
    ...(policy.quirks.forbiddenAs429 === null ? [] : [{ name: 'forbidden-as-429', kind: 'quirk' } as const]),
    { name: 'not-permitted', kind: 'permission' },
  ];
}
