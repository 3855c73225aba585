import { parseResourceVersion, type ResourceVersion } from './resource-version.ts'

/** As {@link compareResourceVersions} for versions that are known to be well formed: never throws, checks nothing. */
export function orderResourceVersions(a: ResourceVersion, b: ResourceVersion): -1 | 0 | 1 {
  // Without leading zeros the longer one is the greater one, and digits sort as text.
  if (a.length !== b.length) return a.length < b.length ? -1 : 1
  return a < b ? -1 : a > b ? 1 : 0
}

/**
 * -1, 0 or 1 as `a` is older than, the same as or newer than `b`. Means something only for two versions of the same
 * resource, lists and watch bookmarks included. There is no limit on the length.
 *
 * Throws a ResourceVersionError for the first of the two that is not well formed; a client then falls back to asking
 * whether they are equal.
 *
 * @see https://github.com/kubernetes/enhancements/tree/master/keps/sig-api-machinery/5504-comparable-resource-version
 */
export const compareResourceVersions = (a: string, b: string): -1 | 0 | 1 =>
  orderResourceVersions(parseResourceVersion(a), parseResourceVersion(b))

/** True when both are the same version. Throws as {@link compareResourceVersions} does. */
export const resourceVersionsEqual = (a: string, b: string): boolean => compareResourceVersions(a, b) === 0

/** Orders objects by their `metadata.resourceVersion`, oldest first, for `sort`. Throws for an object without a good one. */
export const byResourceVersion = (a: Versioned, b: Versioned): -1 | 0 | 1 =>
  compareResourceVersions(a.metadata?.resourceVersion ?? '', b.metadata?.resourceVersion ?? '')

/** An object that may carry a resource version. */
export interface Versioned {
  readonly metadata?: { readonly resourceVersion?: string | undefined } | undefined
}
