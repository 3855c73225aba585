import { type FieldError, FieldPath, invalid, required, validateImmutableField } from '@kube-bonsai/apimachinery'
import { type Fields, fieldsOf, textOf } from '../meta/json.ts'
import type { Room } from '../room.ts'
import { strategyErrors } from './lease-strategies.ts'
import { compareVersions, isZeroVersion, parseSemver, zeroVersion } from './semver.ts'

const specPath = FieldPath.of('spec')
const notSemantic = 'must be a valid semantic version'

/** @see pkg/apis/coordination/validation/validation.go ValidateLeaseCandidateSpec */
function candidateErrors(candidate: Fields): readonly FieldError[] {
  const spec = fieldsOf(candidate['spec'])
  const emulationText = textOf(spec['emulationVersion'])
  const binaryText = textOf(spec['binaryVersion'])
  const emulation = parseSemver(emulationText)
  const binary = parseSemver(binaryText)
  const strategy = textOf(spec['strategy'])
  const binaryPath = specPath.child('binaryVersion')
  const emulationPath = specPath.child('emulationVersion')
  const errors: FieldError[] = []
  if (textOf(spec['leaseName']) === '') errors.push(required(specPath.child('leaseName')))
  if (emulationText !== '' && emulation === undefined) errors.push(invalid(emulationPath, emulationText, notSemantic))
  if (binaryText === '') errors.push(required(binaryPath))
  else if (binary === undefined) errors.push(invalid(binaryPath, binaryText, notSemantic))
  const older = compareVersions(binary ?? zeroVersion, emulation ?? zeroVersion) < 0
  if (binaryText !== '' && emulationText !== '' && older) {
    errors.push(invalid(binaryPath, binaryText, 'must be greater than or equal to `emulationVersion`'))
  }
  const path = specPath.child('strategy')
  if (strategy === '') return [...errors, required(path)]
  if (strategy === 'OldestEmulationVersion' && isZeroVersion(emulation ?? zeroVersion)) {
    errors.push(required(emulationPath, "must be specified when `strategy` is 'OldestEmulationVersion'"))
  }
  return [...errors, ...strategyErrors(strategy, path)]
}

/** @see pkg/registry/coordination/leasecandidate/strategy.go */
export const leaseCandidateRoom: Room = {
  group: 'coordination.k8s.io',
  kind: 'LeaseCandidate',
  validate: candidateErrors,
  update: {
    validate: (candidate, old) => {
      const next = textOf(fieldsOf(candidate['spec'])['leaseName'])
      const known = textOf(fieldsOf(old['spec'])['leaseName'])
      return [...candidateErrors(candidate), ...validateImmutableField(next, known, specPath.child('leaseName'))]
    },
  },
  selectableFields: (candidate) => ({ 'spec.leaseName': textOf(fieldsOf(candidate['spec'])['leaseName']) }),
}
