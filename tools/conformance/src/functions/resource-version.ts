import { compareResourceVersions } from '@kube-bonsai/resource-version'
import type { OracleFunction } from '../protocol/answer.ts'
import { define } from './define.ts'

/** Comparable resource versions (KEP-5504). */
export const resourceVersionFunctions: Readonly<Record<string, OracleFunction>> = {
  'resourceVersion.compare': define<{ readonly a: string; readonly b: string }>(({ a, b }) => ({
    cmp: compareResourceVersions(a, b),
  })),
}
