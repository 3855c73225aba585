import {
  type FieldError,
  FieldPath,
  fieldImmutableMessage,
  forbidden,
  inclusiveRangeMessage,
  invalid,
  nameIsDNSSubdomain,
  required,
  semanticEqual,
  tooLong,
  utf8Length,
} from '@kube-bonsai/apimachinery'
import { inlineVolumeSpecErrors } from '../core/persistent-volume/spec-validation.ts'
import { internalValue } from '../internal-form/internal-value.ts'
import { invalidEach } from '../meta/checks.ts'
import { type Fields, fieldsOf, isAbsent, isFields, numberOf, textOf, withField } from '../meta/json.ts'
import { csiDriverNameErrors } from '../pod-template/validation/volumes/csi.ts'
import type { Room } from '../room.ts'
import type { StrategyContext } from '../strategy.ts'

const path = FieldPath.of('spec')
const statusPath = FieldPath.of('status')
const maxMetadataBytes = 256 * 1024
const maxMessageLength = 1024
const maxInt32 = 2 ** 31 - 1
const onlyOne = 'must specify exactly one of inlineVolumeSpec and persistentVolumeName'

const specOf = (attachment: Fields): Fields => fieldsOf(attachment['spec'])

function attachmentErrors(attachment: Fields): readonly FieldError[] {
  const { attacher, source, nodeName } = specOf(attachment)
  const status = fieldsOf(attachment['status'])
  const node = textOf(nodeName)
  return [
    ...(textOf(attacher) === '' ? [required(path.child('attacher'))] : []),
    ...sourceErrors(fieldsOf(source), path.child('source')),
    ...invalidEach(path.child('nodeName'), node, nameIsDNSSubdomain(node, false)),
    ...metadataErrors(fieldsOf(status['attachmentMetadata']), statusPath.child('attachmentMetadata')),
    ...volumeErrorErrors(status['attachError'], statusPath.child('attachError')),
    ...volumeErrorErrors(status['detachError'], statusPath.child('detachError')),
  ]
}

function sourceErrors({ inlineVolumeSpec, persistentVolumeName }: Fields, at: FieldPath): readonly FieldError[] {
  const inline = isFields(inlineVolumeSpec)
  if (isAbsent(persistentVolumeName)) {
    return inline ? inlineVolumeSpecErrors(inlineVolumeSpec, at.child('inlineVolumeSpec')) : [required(at, onlyOne)]
  }
  if (inline) return [forbidden(at, onlyOne)]
  if (persistentVolumeName !== '') return []
  return [required(at.child('persistentVolumeName'), 'must specify non empty persistentVolumeName')]
}

function metadataErrors(metadata: Fields, at: FieldPath): readonly FieldError[] {
  const size = Object.entries(metadata).reduce(
    (sum, [key, value]) => sum + utf8Length(key) + utf8Length(textOf(value)),
    0,
  )
  return size > maxMetadataBytes ? [tooLong(at, maxMetadataBytes)] : []
}

function volumeErrorErrors(error: unknown, at: FieldPath): readonly FieldError[] {
  if (!isFields(error)) return []
  const code = error['errorCode']
  return [
    ...(utf8Length(textOf(error['message'])) > maxMessageLength
      ? [tooLong(at.child('message'), maxMetadataBytes)]
      : []),
    ...(!isAbsent(code) && numberOf(code) < 0
      ? [invalid(at.child('errorCode'), code, inclusiveRangeMessage(0, maxInt32))]
      : []),
  ]
}

/** What only v1 checks, when an attachment is made. */
function nameErrors(attachment: Fields): readonly FieldError[] {
  const { attacher, source } = specOf(attachment)
  const name = fieldsOf(source)['persistentVolumeName']
  return [
    ...csiDriverNameErrors(attacher, path.child('attacher')),
    ...(isAbsent(name)
      ? []
      : invalidEach(
          path.child('source', 'persistentVolumeName'),
          textOf(name),
          nameIsDNSSubdomain(textOf(name), false),
        )),
  ]
}

function updateErrors(attachment: Fields, old: Fields): readonly FieldError[] {
  const errors = attachmentErrors(attachment)
  const spec = specOf(attachment)
  if (semanticEqual(spec, specOf(old))) return errors
  return [...errors, invalid(path, internalValue('storage.VolumeAttachmentSpec', spec), fieldImmutableMessage)]
}

/** Codes of errors exist only while the gate is on. @see KEP-4876 */
function withoutErrorCodes(attachment: Fields, old: Fields, { gates }: StrategyContext): Fields {
  if (gates.enabled('MutableCSINodeAllocatableCount')) return attachment
  let status = fieldsOf(attachment['status'])
  for (const name of ['attachError', 'detachError']) {
    const error = status[name]
    const known = fieldsOf(fieldsOf(old['status'])[name])['errorCode']
    if (isFields(error) && isAbsent(known)) status = withField(status, name, withField(error, 'errorCode', undefined))
  }
  return withField(attachment, 'status', status)
}

/** @see pkg/registry/storage/volumeattachment/strategy.go */
export const volumeAttachmentRoom: Room = {
  group: 'storage.k8s.io',
  kind: 'VolumeAttachment',
  validate: (attachment) => [...attachmentErrors(attachment), ...nameErrors(attachment)],
  update: { validate: updateErrors },
  status: { prepare: withoutErrorCodes, validate: updateErrors },
}
