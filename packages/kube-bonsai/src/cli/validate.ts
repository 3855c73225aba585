import { isStatus, StatusError } from '@kube-bonsai/apimachinery'
import type { ReadDocument } from '@kube-bonsai/kyaml'
import { resourceFor } from '../cluster/apply.ts'
import { Cluster } from '../cluster/cluster.ts'
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

/** Asks a cluster without controllers to create each object (dry run, strict fields) and collects what it refuses. */
export async function validateSources(
  sources: readonly Source[],
  featureGates: Readonly<Record<string, boolean>>,
): Promise<{ readonly checked: number; readonly problems: readonly Problem[] }> {
  const { readDocuments } = await import('@kube-bonsai/kyaml')
  const cluster = await Cluster.create({ controllers: false, featureGates })
  const problems: Problem[] = []
  let checked = 0
  try {
    for (const { file, text } of sources) {
      for (const document of readDocuments(text, { file, strict: true })) {
        for (const error of document.errors) {
          problems.push({
            file,
            line: error.line,
            column: error.column,
            object: '',
            field: error.path.join('.'),
            message: error.detail,
          })
        }
        if (document.errors.length > 0 || document.value === null || document.value === undefined) continue
        checked++
        problems.push(...(await validateDocument(cluster, document, file)))
      }
    }
  } finally {
    cluster.close()
  }
  return { checked, problems }
}

async function validateDocument(cluster: Cluster, document: ReadDocument, file: string): Promise<readonly Problem[]> {
  const value = document.value as {
    readonly apiVersion?: unknown
    readonly kind?: unknown
    readonly metadata?: { readonly name?: unknown; readonly namespace?: unknown }
  }
  const object = `${String(value.kind ?? '')} ${String(value.metadata?.name ?? '')}`.trim()
  const at = (field: string, message: string): Problem => {
    const { line, column } = document.positionOf(field)
    return { file, line, column, object, field, message }
  }
  if (typeof value.apiVersion !== 'string') return [at('', "Object 'apiVersion' is missing")]
  if (typeof value.kind !== 'string') return [at('', "Object 'Kind' is missing")]
  const named = { ...value, apiVersion: value.apiVersion, kind: value.kind, metadata: { ...value.metadata } }
  try {
    await ensureNamespace(cluster, value.metadata?.namespace)
    await resourceFor(cluster.client, named as never, 'default').create(named as never, {
      dryRun: true,
      fieldValidation: 'Strict',
    })
    return []
  } catch (error) {
    if (!(error instanceof StatusError) || !isStatus(error.status))
      return [at('', error instanceof Error ? error.message : String(error))]
    const causes = (error.status.details?.causes ?? []).filter((cause) => cause.field)
    if (causes.length === 0) return [at(strictField(error.message), error.message)]
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

/** The first field that a strict decoding error names. */
function strictField(message: string): string {
  return /unknown field "([^"]+)"/.exec(message)?.[1] ?? ''
}
