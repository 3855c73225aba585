import type { ObjectMeta } from '@kube-bonsai/apimachinery'
import fc from 'fast-check'
import { arbitraryAnnotations, arbitraryLabels, arbitraryName } from './names.ts'

/** What callers may fix of an object's identity. */
export interface IdentityOptions {
  /** The name; a small number of names makes histories meet the same objects. */
  readonly name?: fc.Arbitrary<string>
  /** The namespace of namespaced kinds; `default` unless given. */
  readonly namespace?: fc.Arbitrary<string>
}

/** Metadata as a client sends it: a name, for namespaced kinds a namespace, sometimes labels and annotations. */
export function arbitraryMetadata(namespaced: boolean, options: IdentityOptions = {}): fc.Arbitrary<ObjectMeta> {
  const { name = arbitraryName(), namespace = fc.constant('default') } = options
  const optional = { labels: arbitraryLabels(), annotations: arbitraryAnnotations() }
  const required = { name, ...(namespaced ? { namespace } : {}) }
  return fc.record(
    { ...required, ...optional },
    { requiredKeys: namespaced ? ['name', 'namespace'] : ['name'], noNullPrototype: true },
  )
}
