import { compileDeviceSelector, type SelectedDevice } from '@kube-bonsai/cel'
import type { OracleFunction } from '../protocol/answer.ts'
import { define } from './define.ts'

interface Selection extends SelectedDevice {
  readonly expression: string
}

/** Selectors of devices; the oracle compiles them as stored ones, which know every field. */
export const deviceFunctions: Readonly<Record<string, OracleFunction>> = {
  'dra.cel': define<Selection>((input) => {
    const selector = compileDeviceSelector(input.expression)
    if ('error' in selector) return { compileError: selector.error }
    const { cost, ...answer } = selector.matches(input)
    const told = 'error' in answer ? { evalError: answer.error } : { matches: answer.matches }
    return { ...told, cost: String(cost), maxCost: String(selector.maxCost) }
  }),
}
