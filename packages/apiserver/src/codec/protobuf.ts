import type { ApiResponse } from '@kube-bonsai/apimachinery'
import { UnreadableBody } from './body-source.ts'
import type { EncodedObjects } from './encoded-objects.ts'

// The codec and its tables load with the first request that speaks protobuf.
const load = () => import('@kube-bonsai/api-protobuf')

/** The media type of Kubernetes' protobuf. */
export const protobufType = 'application/vnd.kubernetes.protobuf'

/** A body in protobuf as the JSON it stands for, or why it is none. */
export async function readProtobuf(bytes: Uint8Array): Promise<unknown> {
  const { decodeObject } = await load()
  if (bytes.length === magicLength && decodesAsEmpty(bytes)) return new UnreadableBody('empty body', bytes)
  try {
    return decodeObject(bytes)
  } catch (error) {
    return new UnreadableBody(error instanceof Error ? error.message : String(error), bytes)
  }
}

const magic = [0x6b, 0x38, 0x73, 0]
const magicLength = magic.length
const decodesAsEmpty = (bytes: Uint8Array): boolean => magic.every((byte, index) => bytes[index] === byte)

/** An answer in protobuf; undefined for one that has no such form: a custom resource, a Table, a page of text. */
export async function protobufOf(
  { body, events, stream }: ApiResponse,
  known: EncodedObjects,
): Promise<{ readonly type: string; readonly body: Uint8Array | AsyncIterable<Uint8Array> } | undefined> {
  if (stream) return undefined
  const { encodeObject, encodeWatchFrame, hasProtobuf } = await load()
  if (events) {
    const frames = async function* () {
      for await (const { type, object } of events) {
        if (!isTyped(object)) continue
        yield known.frame(type, object, () => encodeWatchFrame({ type, object }, known.messages))
      }
    }
    return { type: `${protobufType};stream=watch`, body: frames() }
  }
  const typed = isDiscovery(body) ? { ...body, apiVersion: 'v1' } : body
  if (!isTyped(typed) || !hasProtobuf(typed.apiVersion, typed.kind)) return undefined
  return { type: protobufType, body: encodeObject(typed, known.messages) }
}

/** Discovery of the core group comes without a version. */
function isDiscovery(value: unknown): value is { readonly kind: 'APIVersions' | 'APIResourceList' } {
  if (typeof value !== 'object' || value === null || 'apiVersion' in value) return false
  return 'kind' in value && (value.kind === 'APIVersions' || value.kind === 'APIResourceList')
}

function isTyped(value: unknown): value is { readonly apiVersion: string; readonly kind: string } {
  if (typeof value !== 'object' || value === null) return false
  const { apiVersion, kind } = value as { readonly apiVersion?: unknown; readonly kind?: unknown }
  return typeof apiVersion === 'string' && typeof kind === 'string'
}
