import { StatusError } from '@kube-bonsai/apimachinery'
import { cborApplyType, cborType } from '../codec/cbor.ts'
import type { ServedTypes } from '../codec/negotiation.ts'
import { applyType } from './applying.ts'

/** The media types of patches: also a configuration to apply in CBOR, where that is served. */
export function patchTypesWith(known: readonly string[], { objects }: ServedTypes): readonly string[] {
  return objects.includes(cborType) ? [...known, cborApplyType] : known
}

/** The media type of a patch; of a configuration to apply always the one of YAML. Throws the router's 415 for what is none. */
export function patchTypeOf(contentType: string, known: readonly string[], types: ServedTypes): string {
  const type = contentType.split(';')[0] ?? ''
  if (type === cborApplyType && types.objects.includes(cborType)) return applyType
  if (known.includes(type)) return type
  throw StatusError.of({ reason: 'UnsupportedMediaType', message: '415: Unsupported Media Type', details: {} })
}
