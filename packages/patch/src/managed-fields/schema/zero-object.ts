import { alwaysWritten, type TypeName, type TypeResolver } from '@kube-bonsai/api-types'
import { formatApiVersion, type GroupVersionKind, type KubeObject } from '@kube-bonsai/apimachinery'

/**
 * A built-in object before anything is in it, as Go makes it: structs that are no pointers are there, and what is always
 * written has its zero value. A create is compared with it.
 *
 * @throws Error when the types of the kind are not loaded
 */
export function zeroObject(types: TypeResolver, kind: GroupVersionKind): KubeObject {
  const type = types.typeOf(kind)
  if (type === undefined) throw new Error(`the types of ${formatApiVersion(kind)} ${kind.kind} are not loaded`)
  return { ...zeroOf(types, type.name), apiVersion: formatApiVersion(kind), kind: kind.kind, metadata: {} }
}

function zeroOf(types: TypeResolver, name: TypeName): Readonly<Record<string, unknown>> {
  const zero: Record<string, unknown> = {}
  for (const [field, { value, default: fallback, omitEmpty }] of Object.entries(types.type(name)?.fields ?? {})) {
    if (omitEmpty === true || fallback === undefined) continue
    if (value.type === 'ref') zero[field] = zeroOf(types, value.ref)
    else if (fallback === '' || fallback === 0 || fallback === false) zero[field] = fallback
  }
  return { ...zero, ...(Object.hasOwn(alwaysWritten, name) ? alwaysWritten[name] : {}) }
}
