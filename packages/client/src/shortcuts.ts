import type { ResourceTypes } from '@kube-bonsai/api-types'
import type { ResourceClient } from './client.ts'

/** Resources that have a method of their own on a client, by the method's name. */
export const shortcuts = {
  pods: 'v1/pods',
} as const

/** A method for each: with a namespace for that one, without for all of them. */
export type Shortcuts = {
  readonly [N in keyof typeof shortcuts]: (namespace?: string) => ResourceClient<ResourceTypes[(typeof shortcuts)[N]]>
}
