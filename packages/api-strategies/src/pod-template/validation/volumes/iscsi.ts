import { type FieldError, type FieldPath, invalid, required, utf8Length } from '@kube-bonsai/apimachinery'
import { missingErrors } from '../../../meta/checks.ts'
import { type Fields, isAbsent, isEmpty, isFields, numberOf, textOf } from '../../../meta/json.ts'

const formats: Readonly<Record<string, RegExp>> = {
  iqn: /iqn\.\d{4}-\d{2}\.([A-Za-z0-9\-.]+)(:[^,;*&$|\s]+)$/,
  eui: /^eui.[A-Za-z0-9]{16}$/,
  naa: /^naa.[A-Za-z0-9]{32}$/,
}
const longest = 64
const tooLongDetail =
  'Total length of <volume name>:<iscsi.targetPortal> must be under 64 characters if iscsi.initiatorName is specified.'

/** Whose volume it is: of a pod, or a persistent volume of a name. */
export type IscsiOwner = { readonly ofPod: true } | { readonly ofPod: false; readonly name: string }

/** Checks a volume of an iSCSI target. Upstream's words for pods tell how names begin, those for volumes do not. */
export function iscsiErrors(source: Fields, path: FieldPath, owner: IscsiOwner): readonly FieldError[] {
  const portal = textOf(source['targetPortal'])
  const initiator = source['initiatorName']
  const lun = numberOf(source['lun'])
  const errors: FieldError[] = [...missingErrors(source, path, ['targetPortal'])]
  if (!owner.ofPod && initiatorTooLong(owner.name, source)) {
    errors.push(invalid(path.child('targetportal'), portal, tooLongDetail))
  }
  const iqn = textOf(source['iqn'])
  errors.push(...(iqn === '' ? [required(path.child('iqn'))] : nameErrors(iqn, owner, path.child('iqn'))))
  if (lun < 0 || lun > 255) errors.push(invalid(path.child('lun'), lun, 'must be between 0 and 255, inclusive'))
  const chap = !isEmpty(source['chapAuthDiscovery']) || !isEmpty(source['chapAuthSession'])
  if (chap && isAbsent(source['secretRef'])) errors.push(required(path.child('secretRef')))
  if (!owner.ofPod && isFields(source['secretRef'])) {
    errors.push(...missingErrors(source['secretRef'], path.child('secretRef'), ['name']))
  }
  if (isAbsent(initiator)) return errors
  return [...errors, ...nameErrors(textOf(initiator), owner, path.child('initiatorname'))]
}

function nameErrors(name: string, owner: IscsiOwner, path: FieldPath): readonly FieldError[] {
  const format = formats[name.slice(0, 3)]
  if (format === undefined) {
    const detail = owner.ofPod ? 'must be valid format starting with iqn, eui, or naa' : 'must be valid format'
    return [invalid(path, name, detail)]
  }
  return format.test(name) ? [] : [invalid(path, name, 'must be valid format')]
}

/** Whether the volume's name and its portal are too long together for an initiator of its own. */
export function initiatorTooLong(name: string, source: Fields): boolean {
  return !isAbsent(source['initiatorName']) && utf8Length(`${name}:${textOf(source['targetPortal'])}`) > longest
}

/** The error for a pod's volume of which that is true. */
export function initiatorTooLongError(name: string, path: FieldPath): FieldError {
  return invalid(path.child('name'), name, tooLongDetail)
}
