import { createControllers } from '@kube-bonsai/controllers'
import { expect, test } from 'vitest'
import { selectControllers } from '../src/cluster/select-controllers.ts'

const known = createControllers()
const names = (...wanted: string[]) => selectControllers(known, wanted).map(({ name }) => name)

test('* runs all of them and -* none', () => {
  expect(names('*')).toEqual([...known.keys()])
  expect(names('-*')).toEqual([])
})

test('a name beats *', () => {
  expect(names('*', '-job-controller')).toEqual([...known.keys()].filter((name) => name !== 'job-controller'))
  expect(names('-*', 'job-controller')).toEqual(['job-controller'])
})

test('a name that no controller has is refused with those there are', () => {
  expect(() => names('*', 'jobs')).toThrow(/unknown controller "jobs"; known are .*job-controller/)
})
