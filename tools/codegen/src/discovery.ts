/** One resource or subresource, as unaggregated discovery lists it. */
export interface ApiResource {
  readonly name: string
  readonly singularName: string
  readonly namespaced: boolean
  readonly kind: string
  readonly group?: string
  readonly version?: string
  readonly verbs: readonly string[]
  readonly shortNames?: readonly string[]
  readonly categories?: readonly string[]
  readonly storageVersionHash?: string
}

export interface ApiResourceList {
  readonly kind: 'APIResourceList'
  readonly groupVersion: string
  readonly resources: readonly ApiResource[]
}

export interface AggregatedDiscovery {
  readonly items: readonly {
    readonly metadata: { readonly name: string }
    readonly versions: readonly { readonly version: string }[]
  }[]
}
