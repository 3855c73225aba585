import { decodeObject, encodeObject, ProtobufError } from '@kube-bonsai/api-protobuf'
import { scheme } from '@kube-bonsai/api-types'
import { kindOfObject } from '@kube-bonsai/apimachinery'
import type { OracleFunction } from '../protocol/answer.ts'
import { decoded } from './decoded.ts'
import { define } from './define.ts'

/** Versions that v1.35 can still encode but serves no more have no schema to decode by: they are taken as they are. */
async function readable(given: unknown): Promise<Parameters<typeof encodeObject>[0]> {
  const { group, version } = kindOfObject(Object(given))
  const known = await scheme.load(group, version).catch(() => undefined)
  return known?.typeOf(kindOfObject(Object(given))) === undefined ? Object(given) : (await decoded(given)).object
}

/** The protobuf encoding. */
export const protobufFunctions: Readonly<Record<string, OracleFunction>> = {
  'protobuf.encode': define<{ readonly object: unknown }>(async ({ object }) => ({
    data: Buffer.from(encodeObject(await readable(object))).toString('base64'),
  })),
  'protobuf.decode': define<{ readonly data: string }>(({ data }) => {
    const bytes = new Uint8Array(Buffer.from(data, 'base64'))
    if (bytes.length === 0) throw new ProtobufError('empty data')
    const object = decodeObject(bytes)
    return { object, gvk: `${object.apiVersion}/${object.kind}` }
  }),
}
