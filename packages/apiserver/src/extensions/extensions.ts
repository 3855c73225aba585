import type { ResourceInfo } from '@kube-bonsai/api-types'
import type { ApiRequest, ApiResponse } from '@kube-bonsai/apimachinery'
import type { DynamicResources } from '../registry/catalog.ts'
import type { ResourceRequest } from '../request/request-info.ts'

/**
 * An API beside the server's own ones, as an aggregated API server adds it (`metrics.k8s.io`): discovery shows it, and who may
 * ask is checked as for any other.
 */
export interface ApiExtension {
  readonly group: string
  readonly version: string
  /** What discovery tells. */
  readonly resources: readonly ResourceInfo[]
  /** Answers a request for objects. May throw a StatusError. */
  answer(info: ResourceRequest, request: ApiRequest): Promise<ApiResponse>
}

/** The extension that a request is for, if any. */
export function extensionFor(
  extensions: readonly ApiExtension[],
  group: string,
  version: string,
): ApiExtension | undefined {
  return extensions.find((one) => one.group === group && one.version === version)
}

/** Extensions and custom resources together, as discovery shows them. */
export function withExtensions(extensions: readonly ApiExtension[], custom: DynamicResources): DynamicResources {
  if (extensions.length === 0) return custom
  const resources = extensions.flatMap((one) => one.resources)
  const groups = extensions.map(({ group, version }) => ({ group, versions: [version] }))
  return {
    get served() {
      return [...resources, ...custom.served]
    },
    get groups() {
      return [...groups, ...custom.groups.filter(({ group }) => !groups.some((one) => one.group === group))]
    },
    get generation() {
      return custom.generation
    },
  }
}
