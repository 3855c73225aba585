import type { CycleState } from '../../framework/cycle-state.ts'
import { volumePlanKey } from './volume-binding.ts'

/** What each claim that a pod had to bind comes to on its node: the name of a volume, or `<provision>`. */
export function volumePlan(state: CycleState, node: string): Readonly<Record<string, string>> | undefined {
  const found = state.read(volumePlanKey)?.byNode.get(node)
  if (found === undefined) return undefined
  const plan = [
    ...found.bindings.map(({ claim, volume }) => [claim.metadata.name ?? '', volume.metadata.name ?? ''] as const),
    ...found.provisions.map(({ claim }) => [claim.metadata.name ?? '', '<provision>'] as const),
  ]
  plan.sort(([left], [right]) => (left < right ? -1 : 1))
  return plan.length === 0 ? undefined : Object.fromEntries(plan)
}
