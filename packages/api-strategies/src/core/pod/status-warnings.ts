import { FieldPath, getWarningsForIP } from '@kube-bonsai/apimachinery'
import { type Fields, fieldsOf, objectsOf, textOf } from '../../meta/json.ts'

const path = FieldPath.of('status')

/** Warns of addresses of a pod that are spelled in a bad way. */
export function statusWarnings(pod: Fields): readonly string[] {
  const status = fieldsOf(pod['status'])
  return ['podIPs', 'hostIPs'].flatMap((name) =>
    objectsOf(status[name]).flatMap(({ ip }, index) =>
      getWarningsForIP(path.child(name).index(index).child('ip'), textOf(ip)),
    ),
  )
}
