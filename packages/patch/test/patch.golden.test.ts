import { scheme, type TypeResolver } from '@kube-bonsai/api-types'
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
import { expect, test } from 'vitest'
import { answer, isLoose, recorded } from './recorded.ts'

interface Given {
  readonly type: 'json' | 'merge' | 'strategic'
  readonly gvk?: string
  readonly doc: unknown
  readonly patch: unknown
  readonly original: unknown
  readonly modified: unknown
  readonly current: unknown
  readonly overwrite?: boolean
}

const loaded = new Map<string, Promise<TypeResolver>>()

async function schemaOf(gvk: string): Promise<PatchSchema> {
  const parts = gvk.split('/')
  const kind = parts.pop() ?? ''
  const version = parts.pop() ?? ''
  const group = parts.join('/')
  const key = `${group}/${version}`
  const types = loaded.get(key) ?? scheme.load(group, version)
  loaded.set(key, types)
  return PatchSchema.of(await types, { group, version, kind })
}

const noSchema = (): never => {
  throw new Error('no type given')
}

function withApplied(document: unknown, patch: unknown, schema: PatchSchema): unknown {
  const { out, error } = answer(() => applyStrategicMergePatch(document, patch, schema))
  return error === undefined ? { patch, applied: out } : { patch, applyError: error }
}

const functions: Readonly<Record<string, (given: Given, schema: () => PatchSchema) => unknown>> = {
  'patch.apply': ({ type, doc, patch }, schema) => {
    if (type === 'json') return { doc: applyJsonPatch(doc, patch) }
    return { doc: type === 'merge' ? applyMergePatch(doc, patch) : applyStrategicMergePatch(doc, patch, schema()) }
  },
  'patch.diff': ({ type, original, modified }, schema) => {
    if (type === 'merge') return { patch: createMergePatch(original, modified) }
    return withApplied(original, createStrategicMergePatch(original, modified, schema()), schema())
  },
  'patch.threeWay': (given, schema) => {
    if (given.type === 'merge') {
      const patch = createThreeWayJsonMergePatch(given, kubectlPreconditions)
      return { patch, applied: applyMergePatch(given.current, patch) }
    }
    const patch = createThreeWayMergePatch(given, schema(), { overwrite: given.overwrite ?? false })
    return withApplied(given.current, patch, schema())
  },
}

test.each(Object.keys(functions))('%s answers as upstream', async (name) => {
  for (const { in: question, out, error } of recorded(name)) {
    const given = question as unknown as Given
    const schema = given.gvk === undefined ? undefined : await schemaOf(given.gvk)
    const got = answer(() => functions[name]?.(given, () => schema ?? noSchema()))
    if (error === undefined) expect({ given, ...got }).toEqual({ given, out })
    else if (isLoose(error)) expect({ given, failed: got.error !== undefined }).toEqual({ given, failed: true })
    else expect({ given, ...got }).toEqual({ given, error })
  }
})
