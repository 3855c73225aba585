import { isAlreadyExists, isStatus, StatusError } from '@kube-bonsai/apimachinery'
import type { ReadDocument } from '@kube-bonsai/kyaml'
import { Cluster } from '../cluster/cluster.ts'
import { resourceFor } from '../cluster/kinds.ts'
import type { Source } from './sources.ts'

/** Something wrong with a document, and where; the first line and column are 1. */
export interface Problem {
  readonly file: string
  readonly line: number
  readonly column: number
  /** `Deployment web`, or empty where the document could not be read that far. */
  readonly object: string
  /** The field at fault in the API's spelling, or empty. */
  readonly field: string
  readonly message: string
}

/**
 * Asks a cluster without controllers to create each object (dry run, strict fields) and collects what it refuses. Lists are taken apart,
 * and custom resources are checked by the definitions among the objects, wherever they stand.
 */
export async function validateSources(
  sources: readonly Source[],
  featureGates: Readonly<Record<string, boolean>>,
): Promise<{ readonly checked: number; readonly problems: readonly Problem[] }> {
  const { readDocuments } = await import('@kube-bonsai/kyaml')
  const cluster = await Cluster.create({ controllers: false, featureGates })
  const unread: Problem[] = []
  const found: FoundObject[] = []
  try {
    for (const { file, text } of sources) {
      for (const document of readDocuments(text, { file, strict: true })) {
        for (const { line, column, path, detail } of document.errors)
          unread.push({ file, line, column, object: '', field: path.join('.'), message: detail })
        if (document.errors.length === 0) found.push(...objectsOf(document, file))
      }
    }
    const refused: Problem[] = []
    for (const each of [...found.filter(isDefinition), ...found.filter((one) => !isDefinition(one))])
      refused.push(...(await validateObject(cluster, each)))
    return { checked: found.length, problems: inFileOrder(sources, [...unread, ...refused]) }
  } finally {
    cluster.close()
  }
}

interface FoundObject {
  readonly value: {
    readonly apiVersion?: unknown
    readonly kind?: unknown
    readonly metadata?: { readonly name?: unknown; readonly namespace?: unknown }
  }
  readonly file: string
  /** Where a field of it stands; itself for the empty string. */
  position(field: string): { readonly line: number; readonly column: number }
}

/** The object of a document, those of a List, or none of an empty one. */
function objectsOf(document: ReadDocument, file: string): readonly FoundObject[] {
  const value = (document.value ?? undefined) as (FoundObject['value'] & { readonly items?: unknown }) | undefined
  if (value === undefined) return []
  const { kind, items } = value
  if (typeof kind !== 'string' || !kind.endsWith('List') || !Array.isArray(items))
    return [{ value, file, position: (field) => document.positionOf(field) }]
  return items.map((item: unknown, index) => ({
    value: item ?? {},
    file,
    position: (field) => document.positionOf(field === '' ? `items[${index}]` : `items[${index}].${field}`),
  }))
}

function isDefinition({ value }: FoundObject): boolean {
  return value.kind === 'CustomResourceDefinition'
}

function inFileOrder(sources: readonly Source[], problems: readonly Problem[]): readonly Problem[] {
  const place = new Map(sources.map(({ file }, index) => [file, index]))
  const rank = ({ file }: Problem) => place.get(file) ?? 0
  return [...problems].sort((a, b) => rank(a) - rank(b) || a.line - b.line)
}

async function validateObject(cluster: Cluster, found: FoundObject): Promise<readonly Problem[]> {
  const { value, file } = found
  const object = `${String(value.kind ?? '')} ${String(value.metadata?.name ?? '')}`.trim()
  const at = (field: string, message: string): Problem => {
    const { line, column } = found.position(field)
    return { file, line, column, object, field, message }
  }
  if (typeof value.apiVersion !== 'string') return [at('', "Object 'apiVersion' is missing")]
  if (typeof value.kind !== 'string') return [at('', "Object 'Kind' is missing")]
  const named = { ...value, apiVersion: value.apiVersion, kind: value.kind, metadata: { ...value.metadata } }
  try {
    await ensureNamespace(cluster, value.metadata?.namespace)
    const resource = await resourceFor(cluster.client, named as never, 'default')
    await resource.create(named as never, { dryRun: !isDefinition(found), fieldValidation: 'Strict' })
    return []
  } catch (error) {
    // All else has been checked by then; only the object itself is there: the namespace of another one, or one that each cluster has.
    if (isAlreadyExists(error)) return []
    if (!(error instanceof StatusError) || !isStatus(error.status))
      return [at('', error instanceof Error ? error.message : String(error))]
    const causes = (error.status.details?.causes ?? []).filter((cause) => cause.field)
    if (causes.length === 0) return [at(fieldNamed(error.message), error.message)]
    return causes.map((cause) => at(cause.field ?? '', `${cause.field}: ${cause.message}`))
  }
}

/** A namespace that a document names is taken to exist: it may be made by another file. */
async function ensureNamespace(cluster: Cluster, namespace: unknown): Promise<void> {
  if (typeof namespace !== 'string' || namespace === '') return
  const object = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } } as const
  // Whatever is wrong with the name shows up when the document itself is checked.
  await cluster.client
    .namespaces()
    .create(object)
    .catch(() => undefined)
}

/** The first field that a decoding error names. */
function fieldNamed(message: string): string {
  const named = /unknown field "([^"]+)"/.exec(message) ?? /Go struct field \w+\.(\S+) of type/.exec(message)
  return named?.[1] ?? ''
}
