import { quote } from '@kube-bonsai/apimachinery'
import { type Fields, fieldsOf, isAbsent, isEmpty, isFields, objectsOf, textOf } from '../../meta/json.ts'

/** A file that a volume will hold, and what it comes from. */
interface PlannedFile {
  readonly path: string
  readonly source: string
}

const shown = ({ path, source }: PlannedFile): string => (source === '' ? quote(path) : `${quote(path)} (${source})`)

const trimmed = (file: PlannedFile): PlannedFile => ({ ...file, path: file.path.replace(/\/+$/, '') })

const within = (inner: string, outer: string): boolean => `${inner}/`.startsWith(`${outer}/`)

function collide(file: PlannedFile, other: PlannedFile): boolean {
  if (file.path === '' || other.path === '') return false
  return within(other.path, file.path) || within(file.path, other.path)
}

/** Warns of files of one volume of which the one hides the other, or is a folder where the other is a file. */
export function overlapWarnings(spec: Fields): readonly string[] {
  return objectsOf(spec['volumes']).flatMap((volume) => {
    const name = quote(textOf(volume['name']))
    const { configMap, secret, downwardAPI, projected } = volume
    const maps: readonly (readonly [source: unknown, description: string])[] = [
      [configMap, `ConfigMap ${quote(textOf(fieldsOf(configMap)['name']))}`],
      [secret, `Secret ${quote(textOf(fieldsOf(secret)['secretName']))}`],
      [downwardAPI, 'DownwardAPI'],
    ]
    return [
      ...maps.flatMap(([source, description]) =>
        overlaps(itemFiles(source, '')).map((text) => `volume ${name} (${description}): overlapping paths: ${text}`),
      ),
      ...(isFields(projected) ? projectedWarnings(projected, name) : []),
    ]
  })
}

function overlaps(files: readonly PlannedFile[], known: PlannedFile[] = []): readonly string[] {
  return files.map(trimmed).flatMap((file) => {
    const texts = known.filter((other) => collide(file, other)).map((other) => `${shown(file)} with ${shown(other)}`)
    known.push(file)
    return texts
  })
}

function projectedWarnings(projected: Fields, name: string): readonly string[] {
  const known: PlannedFile[] = []
  return objectsOf(projected['sources']).flatMap((source) => {
    if (Object.values(source).every(isAbsent)) return [`volume ${name} (Projected) has no sources provided`]
    return overlaps(projectedFiles(source), known).map(
      (text) => `volume ${name} (Projected): overlapping paths: ${text}`,
    )
  })
}

function itemFiles(source: unknown, description: string): readonly PlannedFile[] {
  return objectsOf(fieldsOf(source)['items']).map(({ path }) => ({ path: textOf(path), source: description }))
}

/** The first of a source's kinds counts, as validation allows but one; those whose items are not named say nothing. */
function projectedFiles(source: Fields): readonly PlannedFile[] {
  const { configMap, secret, downwardAPI, serviceAccountToken, clusterTrustBundle, podCertificate } = source
  const named = (value: unknown, kind: string): string => `${kind} ${quote(textOf(fieldsOf(value)['name']))}`
  const hasItems = (value: unknown): boolean => Array.isArray(fieldsOf(value)['items'])
  if (hasItems(configMap)) return itemFiles(configMap, named(configMap, 'ConfigMap'))
  if (hasItems(secret)) return itemFiles(secret, named(secret, 'Secret'))
  if (hasItems(downwardAPI)) return itemFiles(downwardAPI, 'DownwardAPI')
  if (isFields(serviceAccountToken))
    return [{ path: textOf(serviceAccountToken['path']), source: 'ServiceAccountToken' }]
  if (isFields(clusterTrustBundle)) {
    const name = textOf(clusterTrustBundle['name'] ?? clusterTrustBundle['signerName'])
    return [{ path: textOf(clusterTrustBundle['path']), source: `ClusterTrustBundle ${quote(name)}` }]
  }
  return isFields(podCertificate) ? certificateFiles(podCertificate) : []
}

const certificateParts = [
  ['certificateChainPath', 'PodCertificate chain'],
  ['keyPath', 'PodCertificate key'],
  ['credentialBundlePath', 'PodCertificate credential bundle'],
] as const

function certificateFiles(certificate: Fields): readonly PlannedFile[] {
  return certificateParts
    .filter(([field]) => !isEmpty(certificate[field]))
    .map(([field, source]) => ({ path: textOf(certificate[field]), source }))
}
