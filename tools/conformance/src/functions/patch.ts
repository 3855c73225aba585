import { scheme } from '@kube-bonsai/api-types'
import type { GroupVersionKind } from '@kube-bonsai/apimachinery'
import {
  applyJsonPatch,
  applyMergePatch,
  applyStrategicMergePatch,
  createMergePatch,
  createStrategicMergePatch,
  createThreeWayJsonMergePatch,
  createThreeWayMergePatch,
  kubectlPreconditions,
  PatchSchema,
} from '@kube-bonsai/patch'
import type { OracleFunction } from '../protocol/answer.ts'
import { defineExact, either } from './define.ts'

interface Typed {
  readonly type: 'json' | 'merge' | 'strategic'
  /** `group/version/Kind`, or `version/Kind`. */
  readonly gvk?: string
}

interface ThreeWay extends Typed {
  readonly original: unknown
  readonly modified: unknown
  readonly current: unknown
  readonly overwrite?: boolean
}

function readKind(text = ''): GroupVersionKind {
  const [kind = '', version = '', ...group] = text.split('/').reverse()
  return { group: group.reverse().join('/'), version, kind }
}

async function schemaOf({ gvk }: Typed): Promise<PatchSchema> {
  const kind = readKind(gvk)
  return PatchSchema.of(await scheme.load(kind.group, kind.version), kind)
}

/** JSON, merge and strategic merge patches. */
export const patchFunctions: Readonly<Record<string, OracleFunction>> = {
  'patch.apply': defineExact<Typed & { readonly doc: unknown; readonly patch: unknown }>(async (input) => {
    const { type, doc, patch } = input
    if (type === 'json') return { doc: applyJsonPatch(doc, patch) }
    if (type === 'merge') return { doc: applyMergePatch(doc, patch) }
    return { doc: applyStrategicMergePatch(doc, patch, await schemaOf(input)) }
  }),
  'patch.diff': defineExact<Typed & { readonly original: unknown; readonly modified: unknown }>(async (input) => {
    const { type, original, modified } = input
    if (type === 'merge') return { patch: createMergePatch(original, modified) }
    const schema = await schemaOf(input)
    const patch = createStrategicMergePatch(original, modified, schema)
    return { patch, ...either('applied', 'applyError', () => applyStrategicMergePatch(original, patch, schema)) }
  }),
  'patch.threeWay': defineExact<ThreeWay>(async (input) => {
    const { current, overwrite = false } = input
    if (input.type === 'merge') {
      const patch = createThreeWayJsonMergePatch(input, kubectlPreconditions)
      return { patch, ...either('applied', 'applyError', () => applyMergePatch(current, patch)) }
    }
    const schema = await schemaOf(input)
    const patch = createThreeWayMergePatch(input, schema, { overwrite })
    return { patch, ...either('applied', 'applyError', () => applyStrategicMergePatch(current, patch, schema)) }
  }),
}
