import { isAlreadyExists, type KubeObject } from '@kube-bonsai/apimachinery'
import type { Client } from '@kube-bonsai/client'
import { resourceFor } from './kinds.ts'
import { ManifestError } from './manifest-error.ts'

/** A document to apply, with where it came from. */
export interface Manifest {
  readonly object: unknown
  readonly file?: string
  /** 1 is the first line. */
  readonly line?: number
}

/** What became of one object. */
export type ApplyResult =
  | { readonly action: 'created' | 'configured' | 'unchanged'; readonly object: KubeObject; readonly source: Manifest }
  | { readonly action: 'failed'; readonly error: Error; readonly source: Manifest }

/** Some objects were refused. `results` has every one of them, those that went well included. */
export class ApplyError extends Error {
  override readonly name = 'ApplyError'
  readonly results: readonly ApplyResult[]

  constructor(results: readonly ApplyResult[]) {
    const failures = results.flatMap((result) => (result.action === 'failed' ? [describeFailure(result)] : []))
    super(`${failures.length} of ${results.length} objects could not be applied:\n${failures.join('\n')}`)
    this.results = results
  }
}

/** Where a document came from and what is wrong with it, in one line. */
export function describeFailure({ error, source }: ApplyResult & { readonly action: 'failed' }): string {
  const where = source.file === undefined ? '' : `${source.file}${source.line === undefined ? '' : `:${source.line}`}: `
  return `${where}${error.message}`
}

/** Creates each object, or patches the one that is there, in the order given. Lists are taken apart. Never rejects for a refused object. */
export async function applyAll(
  client: Client,
  manifests: readonly Manifest[],
  namespace: string,
): Promise<readonly ApplyResult[]> {
  const results: ApplyResult[] = []
  for (const manifest of manifests.flatMap(takeApart)) {
    try {
      results.push(await applyOne(client, manifest, namespace))
    } catch (error) {
      const known = error instanceof Error ? error : new Error(String(error))
      results.push({ action: 'failed', error: known, source: manifest })
    }
  }
  return results
}

async function applyOne(client: Client, source: Manifest, namespace: string): Promise<ApplyResult> {
  const object = checked(source.object)
  const resource = await resourceFor(client, object, namespace)
  const write = { fieldManager: 'bonsai', fieldValidation: 'Strict' } as const
  try {
    return { action: 'created', object: await resource.create(object, write), source }
  } catch (error) {
    if (!isAlreadyExists(error) || !object.metadata.name) throw error
  }
  const before = await resource.get(object.metadata.name)
  const after = await resource.patch(object.metadata.name, 'merge', object, write)
  const same = before.metadata.resourceVersion === after.metadata.resourceVersion
  return { action: same ? 'unchanged' : 'configured', object: after, source }
}

/** The parts of a List, or the object itself. */
function takeApart(manifest: Manifest): readonly Manifest[] {
  const { object } = manifest
  if (typeof object !== 'object' || object === null || !('items' in object) || !Array.isArray(object.items))
    return [manifest]
  const kind = 'kind' in object ? String(object.kind) : ''
  return kind.endsWith('List') ? object.items.map((item) => ({ ...manifest, object: item })) : [manifest]
}

function checked(value: unknown): KubeObject {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new ManifestError('', 'expected an object with apiVersion, kind and metadata')
  }
  for (const field of ['apiVersion', 'kind'] as const) {
    const found: unknown = Object.hasOwn(value, field) ? (value as Record<string, unknown>)[field] : undefined
    if (typeof found !== 'string' || found === '')
      throw new ManifestError(field, `Object '${field === 'kind' ? 'Kind' : field}' is missing`)
  }
  const { metadata } = value as { readonly metadata?: unknown }
  if (typeof metadata !== 'object' || metadata === null)
    throw new ManifestError('metadata', 'Object metadata is missing')
  return value as KubeObject
}
