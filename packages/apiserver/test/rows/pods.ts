import type { ApiServerOptions } from '../../src/index.ts'
import { type Answer, pods, start } from '../admission/server.ts'

export { pods }

/** A pod as a test of a row looks at it. */
export interface PodView {
  readonly metadata: {
    readonly generation?: number
    readonly resourceVersion: string
    readonly [name: string]: unknown
  }
  readonly spec: { readonly containers: readonly Readonly<Record<string, unknown>>[]; readonly [name: string]: unknown }
  readonly status: {
    readonly observedGeneration?: number
    readonly conditions?: readonly { readonly type: string; readonly observedGeneration?: number }[]
    readonly [name: string]: unknown
  }
}

export const cpu = (amount: string) => ({ requests: { cpu: amount } })
export const burstable = { requests: { cpu: '100m', memory: '100Mi' }, limits: { cpu: '200m', memory: '200Mi' } }

export const container = (name: string, resources: object = {}, more: object = {}) => ({
  name,
  image: `${name}:1`,
  resources,
  ...more,
})

/** A server with what tests do to pods in short form. */
export async function startWithPods(options: Partial<ApiServerOptions> = {}) {
  const { ask, server } = await start(options)
  const patch =
    (type: string) =>
    (name: string, body: unknown, subresource = ''): Promise<Answer> => {
      const headers = { 'content-type': `application/${type}+json` }
      return ask('PATCH', `${pods}/${name}${subresource && `/${subresource}`}`, body, { headers })
    }
  const [change, merge, edit] = ['strategic-merge-patch', 'merge-patch', 'json-patch'].map(patch)
  if (change === undefined || merge === undefined || edit === undefined) throw new Error('three kinds of patch')
  const get = async (name: string): Promise<PodView> => (await ask('GET', `${pods}/${name}`)).body as unknown as PodView
  return {
    ask,
    server,
    change,
    merge,
    edit,
    get,
    /** Creates a pod; throws where the server refuses it. */
    create: async (name: string, spec: object, more: object = {}): Promise<PodView> => {
      const answer = await tryCreate(ask, name, spec, more)
      if (answer.status !== 201) throw new Error(answer.message)
      return answer.body as unknown as PodView
    },
    tryCreate: (name: string, spec: object, more: object = {}) => tryCreate(ask, name, spec, more),
    /** Asks for other resources of container `a`. */
    resize: (name: string, resources: object) =>
      change(name, { spec: { containers: [{ name: 'a', resources }] } }, 'resize'),
    /** Writes a status, merged into the old one. */
    report: (name: string, status: object) => merge(name, { status }, 'status'),
    remove: (name: string, options: object = {}) => ask('DELETE', `${pods}/${name}`, options),
    bind: (name: string, node = 'node') => {
      const body = { apiVersion: 'v1', kind: 'Binding', metadata: { name }, target: { kind: 'Node', name: node } }
      return ask('POST', `${pods}/${name}/binding`, body)
    },
  }
}

type Ask = Awaited<ReturnType<typeof start>>['ask']

function tryCreate(ask: Ask, name: string, spec: object, { metadata, ...more }: { metadata?: object } = {}) {
  const containers = [container('a')]
  return ask('POST', pods, {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, ...metadata },
    spec: { containers, ...spec },
    ...more,
  })
}
