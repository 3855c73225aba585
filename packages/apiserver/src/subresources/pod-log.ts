import type { Pod } from '@kube-bonsai/api-types/core/v1'
import {
  type FieldError,
  FieldPath,
  invalid,
  newBadRequest,
  newInternalError,
  newInvalid,
  newNotFound,
  StatusError,
} from '@kube-bonsai/apimachinery'
import type { Query } from '../request/query.ts'
import type { NodeProxy } from './node-proxy.ts'

/** The log of one of a pod's containers; undefined while the pod has no node. Throws a 400 where the container is not named or does not run yet, a 404 where its node is gone. */
export async function podLog(
  pod: Pod,
  query: Query,
  proxy: NodeProxy | undefined,
  isNode: (name: string) => Promise<boolean>,
): Promise<AsyncIterable<string> | undefined> {
  const container = containerFor(pod, query.text('container'))
  const tailLines = query.integer('tailLines')
  const sinceSeconds = query.integer('sinceSeconds')
  const limitBytes = query.integer('limitBytes')
  checkOptions(pod, { tailLines, sinceSeconds, limitBytes })
  const { nodeName } = pod.spec ?? {}
  if (!nodeName) return undefined
  if (!(await isNode(nodeName))) throw newNotFound({ group: '', resource: 'pods' }, nodeName)
  if (proxy === undefined) throw newInternalError('unsupported: this server has no nodes to ask for logs')
  const sinceTime = query.text('sinceTime')
  try {
    return proxy.logs(pod, {
      container,
      follow: query.flag('follow'),
      previous: query.flag('previous'),
      timestamps: query.flag('timestamps'),
      ...(tailLines !== undefined && { tailLines }),
      ...(sinceSeconds !== undefined && { sinceSeconds }),
      ...(limitBytes !== undefined && { limitBytes }),
      ...(sinceTime !== '' && { sinceTime }),
    })
  } catch (error) {
    if (error instanceof StatusError) throw error
    throw newBadRequest(error instanceof Error ? error.message : String(error))
  }
}

/** @see pkg/apis/core/validation/validation.go ValidatePodLogOptions */
function checkOptions(
  { metadata }: Pod,
  asked: { readonly [name in 'tailLines' | 'sinceSeconds' | 'limitBytes']: number | undefined },
): void {
  const { tailLines = 0, sinceSeconds = 1, limitBytes = 1 } = asked
  const errors: FieldError[] = []
  const atLeast = (least: number) => `must be greater than or equal to ${least}`
  const positive = 'must be greater than 0'
  if (tailLines < 0) errors.push(invalid(FieldPath.of('tailLines'), tailLines, atLeast(0)))
  if (limitBytes < 1) errors.push(invalid(FieldPath.of('limitBytes'), limitBytes, positive))
  if (sinceSeconds < 1) errors.push(invalid(FieldPath.of('sinceSeconds'), sinceSeconds, positive))
  if (errors.length > 0) throw newInvalid({ group: '', kind: 'PodLogOptions' }, metadata.name ?? '', errors)
}

/**
 * The container that a request means. Throws a 400 where it names none and there are several, or one that is not there.
 *
 * @see pkg/registry/core/pod/strategy.go validateContainer
 */
export function containerFor(pod: Pod, asked: string): string {
  const main = (pod.spec?.containers ?? []).map((entry) => entry.name)
  const init = (pod.spec?.initContainers ?? []).map((entry) => entry.name)
  const ephemeral = (pod.spec?.ephemeralContainers ?? []).map((entry) => entry.name)
  const name = pod.metadata.name ?? ''
  if (asked !== '') {
    if ([...main, ...init, ...ephemeral].includes(asked)) return asked
    throw newBadRequest(`container ${asked} is not valid for pod ${name}`)
  }
  const [only] = main
  if (main.length === 1 && only !== undefined) return only
  const among = init.length > 0 ? ` or one of the init containers: [${init.join(' ')}]` : ''
  throw newBadRequest(`a container name must be specified for pod ${name}, choose one of: [${main.join(' ')}]${among}`)
}
