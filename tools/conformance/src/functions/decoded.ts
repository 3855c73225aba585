import { decode, scheme, type TypeResolver, unknownFieldMessages } from '@kube-bonsai/api-types'
import { formatApiVersion, type GroupVersionKind, type KubeObject, kindOfObject } from '@kube-bonsai/apimachinery'

/** An object as the server has it after decoding. */
export interface Decoded {
  readonly object: KubeObject
  readonly kind: GroupVersionKind
  /** What strict field validation complains about. */
  readonly strict: readonly string[]
}

/** Decodes as the server does; the first value of a wrong type is the error. */
export async function decoded(given: unknown): Promise<Decoded> {
  const kind = kindOfObject(Object(given))
  const types = await typesOf(kind)
  const { object, unknownFields, typeErrors } = decode(types, kind, given)
  const [wrong] = typeErrors
  if (wrong !== undefined) throw new Error(wrong)
  const { metadata = {}, ...rest } = Object(object)
  return { object: { ...rest, metadata }, kind, strict: unknownFieldMessages(unknownFields) }
}

async function typesOf(kind: GroupVersionKind): Promise<TypeResolver> {
  const types = await scheme.load(kind.group, kind.version).catch(() => undefined)
  if (types?.typeOf(kind) === undefined) throw new Error(`unsupported: types of ${formatApiVersion(kind)} ${kind.kind}`)
  return types
}
