import type { JsonValue } from '@kube-bonsai/apimachinery'

/** The OpenAPI name of a type, for example `io.k8s.api.core.v1.Pod`. */
export type TypeName = string

/** What a field, an item or a map's value may hold. */
export type FieldType =
  | {
      readonly type: 'string'
      readonly format?: 'byte' | 'date-time' | 'micro-time' | 'int-or-string' | 'quantity'
      readonly enum?: readonly string[]
    }
  | { readonly type: 'integer'; readonly format: 'int32' | 'int64' }
  | { readonly type: 'number' }
  | { readonly type: 'boolean' }
  /** Any JSON: RawExtension, FieldsV1, JSONSchemaProps' defaults. `of` is the OpenAPI name behind it. */
  | { readonly type: 'any'; readonly of?: TypeName }
  | { readonly type: 'ref'; readonly ref: TypeName }
  | { readonly type: 'array'; readonly items: FieldType }
  | { readonly type: 'map'; readonly values: FieldType }

/** One field of a type, with the extensions that patches and apply need. */
export interface FieldSchema {
  readonly value: FieldType
  readonly required?: true
  readonly default?: JsonValue
  /** x-kubernetes-list-type, absent where upstream says nothing (apply treats that as atomic). */
  readonly listType?: 'atomic' | 'set' | 'map'
  /** x-kubernetes-list-map-keys. */
  readonly listMapKeys?: readonly string[]
  /** x-kubernetes-map-type. */
  readonly mapType?: 'atomic' | 'granular'
  /** x-kubernetes-patch-strategy, split at commas: merge, replace, retainKeys. */
  readonly patchStrategy?: readonly string[]
  /** x-kubernetes-patch-merge-key. */
  readonly patchMergeKey?: string
  /** The Go type in upstream's decoding errors, where `FieldType` does not suggest it: `v1.Protocol`. */
  readonly goType?: string
  /** The embedded Go structs on the way to the field, as those errors name them: `ProbeHandler`. */
  readonly embedded?: string
  /** Go leaves a zero value out: an empty string, list or map, 0, false. Absent for pointers and structs. */
  readonly omitEmpty?: true
}

/** A type of the API as data: plain, frozen, no library behind it. */
export interface TypeSchema {
  readonly name: TypeName
  /** The kinds that this type is, for types that stand alone. */
  readonly kinds?: readonly { readonly group: string; readonly version: string; readonly kind: string }[]
  /** Set on DeleteOptions and WatchEvent, which are kinds of every group and version. */
  readonly everyGroup?: true
  readonly fields: Readonly<Record<string, FieldSchema>>
  /** x-kubernetes-map-type of the type itself (object references, selectors). */
  readonly mapType?: 'atomic' | 'granular'
  /** x-kubernetes-unions as published: which field chooses among which others. */
  readonly unions?: readonly JsonValue[]
}
