import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type ResourceInfo, scheme } from '@kube-bonsai/api-types'
import type { Scenario, Step } from './scenario.ts'

interface Sample {
  readonly kind?: string
  readonly apiVersion?: string
  readonly metadata?: Readonly<Record<string, unknown>>
}

/**
 * Scenarios that create each sample of a folder `GROUP.VERSION.KIND.{json,yaml,pb}`: once as it is in each form, and
 * once with metadata that a server takes, so that the rest of the object is what is judged.
 */
export function sampleScenarios(folder: string): readonly Scenario[] {
  const files = readdirSync(folder).filter((name) => name.endsWith('.json'))
  return files.sort().flatMap((file): readonly Scenario[] => {
    const text = readFileSync(join(folder, file), 'utf8')
    const sample = JSON.parse(text) as Sample
    const info = resourceOf(sample)
    if (info === undefined) return []
    const base = file.slice(0, -'.json'.length)
    const path = collection(info)
    const post = (name: string, rest: object): Step => ({ name, request: { method: 'POST', path, ...rest } })
    return [
      {
        scenario: `samples/${base}`,
        gates: 'any',
        steps: [
          post('json', typed('application/json', text)),
          post('yaml', typed('application/yaml', readFileSync(join(folder, `${base}.yaml`), 'utf8'))),
          post('protobuf', {
            headers: { 'content-type': 'application/vnd.kubernetes.protobuf' },
            bodyBase64: readFileSync(join(folder, `${base}.pb`)).toString('base64'),
          }),
          post('with metadata that is taken', {
            body: { ...sample, metadata: { name: 'sample', labels: { a: 'b' } } },
          }),
          post('strictly', {
            body: { ...sample, metadata: { name: 'strict' } },
            query: { fieldValidation: 'Strict', dryRun: 'All' },
          }),
          { name: 'read', request: { path: `${path}/sample` } },
        ],
      },
    ]
  })
}

function typed(type: string, bodyText: string): object {
  return { headers: { 'content-type': type }, bodyText }
}

function resourceOf({ apiVersion = '', kind }: Sample): ResourceInfo | undefined {
  const [version = '', group = ''] = apiVersion.split('/').reverse()
  return scheme.resources.find(
    (info) => info.group === group && info.version === version && info.kind === kind && info.verbs.includes('create'),
  )
}

function collection({ group, version, resource, namespaced }: ResourceInfo): string {
  const root = group === '' ? `/api/${version}` : `/apis/${group}/${version}`
  return `${root}/${namespaced ? `namespaces/$\{ns}/` : ''}${resource}`
}
