import type { InformerFactory } from '@kube-bonsai/client'
import type { NodeObjects } from '@kube-bonsai/kubelet-model'

type Watched = Parameters<NonNullable<NodeObjects['watch']>>[0]

const kinds = {
  configMap: 'v1/configmaps',
  secret: 'v1/secrets',
  csiDriver: 'storage.k8s.io/v1/csidrivers',
} as const

/** Tells whoever wants to know of changes of single objects; those that nobody wants to know of cost nothing. */
export class ObjectChanges {
  readonly #listeners: Map<string, Set<() => void>> = new Map()
  readonly #informers: InformerFactory
  readonly #followed: Set<Watched['kind']> = new Set()

  constructor(informers: InformerFactory) {
    this.#informers = informers
  }

  /** Calls `changed` whenever the object comes, changes or goes, until the returned function is called. */
  watch(object: Watched, changed: () => void): () => void {
    this.#follow(object.kind)
    const key = keyOf(object.kind, object)
    const known = this.#listeners.get(key) ?? new Set()
    this.#listeners.set(key, known.add(changed))
    return () => {
      known.delete(changed)
      if (known.size === 0) this.#listeners.delete(key)
    }
  }

  #follow(kind: Watched['kind']): void {
    if (this.#followed.has(kind)) return
    this.#followed.add(kind)
    const tell = ({ metadata }: { readonly metadata: { readonly namespace?: string; readonly name?: string } }) => {
      for (const changed of [...(this.#listeners.get(keyOf(kind, metadata)) ?? [])]) changed()
    }
    this.#informers
      .informer(kinds[kind])
      .handle({ onAdd: (object, initial) => initial || tell(object), onUpdate: tell, onDelete: tell })
  }
}

const keyOf = (
  kind: Watched['kind'],
  { namespace, name }: { readonly namespace?: string; readonly name?: string },
): string => `${kind}/${namespace ?? ''}/${name}`
