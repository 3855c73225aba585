import type { Rule } from '../rule.ts'
import { eventsFitTheState } from './events.ts'
import { generationCountsSpecChanges, generationIsMonotonic, observedGenerationIsNotAhead } from './generation.ts'
import { birthStays, deletionIsFinal, uidStays } from './life.ts'
import { resourceVersionIncreases, resourceVersionIsComparable, watchGoesForward } from './resource-version.ts'

/** Every rule of this package. */
export const invariants: readonly Rule[] = [
  resourceVersionIsComparable,
  resourceVersionIncreases,
  watchGoesForward,
  eventsFitTheState,
  uidStays,
  birthStays,
  deletionIsFinal,
  generationIsMonotonic,
  generationCountsSpecChanges,
  observedGenerationIsNotAhead,
]
