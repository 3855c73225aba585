import { coreType, type DefaultRule, type DefaultRules } from '../defaulting/type-defaults.ts'
import { type Fields, fieldsOf, isAbsent, isEmpty, isFields, withAbsent, withEmpty, withField } from '../meta/json.ts'
import { namespaceDefaults } from './namespace/defaults.ts'
import { podDefaults } from './pod/defaults.ts'
import { serviceDefaults } from './service/defaults.ts'

const protocolRule: DefaultRule = (port) => withEmpty(port, { protocol: 'TCP' })

function defaultPersistentVolume(volume: Fields): Fields {
  const spec = withAbsent(withEmpty(fieldsOf(volume['spec']), { persistentVolumeReclaimPolicy: 'Retain' }), {
    volumeMode: 'Filesystem',
  })
  return withField(
    withField(volume, 'spec', spec),
    'status',
    withEmpty(fieldsOf(volume['status']), { phase: 'Pending' }),
  )
}

function defaultLimitRangeItem(item: Fields): Fields {
  if (item['type'] !== 'Container') return item
  const limits = withAbsent(fieldsOf(item['default']), fieldsOf(item['max']))
  const requests = withAbsent(withAbsent(fieldsOf(item['defaultRequest']), limits), fieldsOf(item['min']))
  const result = isEmpty(limits) ? item : withField(item, 'default', limits)
  return isEmpty(requests) ? result : withField(result, 'defaultRequest', requests)
}

function defaultReplicationController(controller: Fields): Fields {
  const spec = withAbsent(fieldsOf(controller['spec']), { replicas: 1 })
  const labels = fieldsOf(fieldsOf(spec['template'])['metadata'])['labels']
  if (!isFields(labels)) return withField(controller, 'spec', spec)
  const metadata = withEmpty(fieldsOf(controller['metadata']), { labels })
  return { ...controller, metadata, spec: withEmpty(spec, { selector: labels }) }
}

/**
 * Defaults of the core group's types outside of pod templates.
 *
 * @see pkg/apis/core/v1/defaults.go
 */
export const coreDefaults: DefaultRules = {
  ...podDefaults,
  ...serviceDefaults,
  ...namespaceDefaults,
  [coreType('Secret')]: (secret) => withEmpty(secret, { type: 'Opaque' }),
  [coreType('PersistentVolume')]: defaultPersistentVolume,
  [coreType('PersistentVolumeClaim')]: (claim) =>
    withField(claim, 'status', withEmpty(fieldsOf(claim['status']), { phase: 'Pending' })),
  [coreType('EndpointPort')]: protocolRule,
  [coreType('NodeStatus')]: (status) =>
    isAbsent(status['allocatable']) && isFields(status['capacity'])
      ? { ...status, allocatable: status['capacity'] }
      : status,
  [coreType('LimitRangeItem')]: defaultLimitRangeItem,
  [coreType('ReplicationController')]: defaultReplicationController,
}
