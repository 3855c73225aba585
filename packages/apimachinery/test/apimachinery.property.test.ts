import * as api from '@kube-bonsai/apimachinery'
import fc from 'fast-check'
import { expect, test } from 'vitest'

const name = fc.stringMatching(/^[a-z0-9]([a-z0-9.-]{0,8}[a-z0-9])?$/)
const requirement = fc.oneof(
  fc.record({ key: name, operator: fc.constantFrom('=' as const, '!=' as const), values: fc.tuple(name) }),
  fc.record({ key: name, operator: fc.constantFrom('exists' as const, '!' as const), values: fc.constant([]) }),
  fc.record({
    key: name,
    operator: fc.constantFrom('in' as const, 'notin' as const),
    values: fc.uniqueArray(name, { minLength: 1, maxLength: 4 }),
  }),
)
const labels = fc.dictionary(name, name, { maxKeys: 4 })

test('a selector that is written and read again is the same', () => {
  fc.assert(
    fc.property(fc.array(requirement, { maxLength: 5 }), labels, (requirements, set) => {
      const keyword = ['in', 'notin']
      fc.pre(requirements.every(({ key }) => !keyword.includes(key)))
      const selector = api.Selector.of(requirements)
      const again = api.parseSelector(selector.toString())
      expect(again.toString()).toBe(selector.toString())
      expect(again.matches(set)).toBe(selector.matches(set))
    }),
  )
})

test('a selector made of labels always matches those labels', () => {
  fc.assert(
    fc.property(labels, labels, (set, more) => {
      expect(api.selectorFromSet(set).matches({ ...more, ...set })).toBe(true)
    }),
  )
})

test('a requirement and its contrary never both match', () => {
  fc.assert(
    fc.property(name, fc.uniqueArray(name, { minLength: 1, maxLength: 4 }), labels, (key, values, set) => {
      const inside = api.Selector.of([{ key, operator: 'in', values }]).matches(set)
      expect(api.Selector.of([{ key, operator: 'notin', values }]).matches(set)).toBe(!inside)
    }),
  )
})

test('reading a selector never fails but with a SelectorError, whatever the text', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...'ab=!(),<> in\0é') }), (text) => {
      try {
        api.parseSelector(text)
      } catch (error) {
        expect(error).toBeInstanceOf(api.SelectorError)
      }
    }),
  )
})

test('a field value that is escaped and unescaped is the same', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (value) => {
      expect(api.unescapeFieldValue(api.escapeFieldValue(value))).toBe(value)
      const selector = api.fieldSelectorFor('a', value)
      expect(api.parseFieldSelector(selector.toString()).requirements).toEqual(selector.requirements)
    }),
  )
})

test('bytes order strings as their encodings do', () => {
  const bytes = (s: string): Buffer => Buffer.from(s, 'utf8')
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (a, b) => {
      expect(Math.sign(api.compareUtf8(a, b))).toBe(Buffer.compare(bytes(a), bytes(b)))
      expect(api.utf8Length(a)).toBe(bytes(a).length)
    }),
  )
})

test('an address that is written and read again is the same', () => {
  fc.assert(
    fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), (text) => {
      const address = api.parseIP(text)
      if (address === undefined) return
      const again = api.parseIP(api.formatIP(address))
      expect(again?.bits).toBe(address.bits)
      expect(api.formatIP(again ?? address)).toBe(api.formatIP(address))
    }),
  )
})

test('a duration that is written and read again is the same', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: -(2n ** 63n) + 1n, max: 2n ** 63n - 1n }), (duration) => {
      expect(api.parseDuration(api.formatDuration(duration))).toBe(duration)
    }),
  )
})

test('a time that is written and read again is the same', () => {
  fc.assert(
    fc.property(fc.date({ noInvalidDate: true, min: new Date(0), max: new Date('9999-12-31') }), (date) => {
      const instant = api.instantOfMillis(date.getTime())
      expect(api.formatTime(instant)).toBe(`${date.toISOString().slice(0, 19)}Z`)
      expect(api.parseTime(date.toISOString())).toEqual(instant)
      expect(api.millisOfInstant(instant)).toBe(date.getTime())
    }),
  )
})

const condition = fc.record({
  type: fc.constantFrom('Ready', 'Synced', 'Other'),
  status: fc.constantFrom('True', 'False', 'Unknown'),
  reason: fc.constantFrom('A', 'B'),
})

test('the transition time of a condition changes exactly when its status does', () => {
  fc.assert(
    fc.property(fc.array(condition, { maxLength: 12 }), (steps) => {
      let conditions: readonly api.Condition[] = []
      steps.forEach((step, i) => {
        const before = api.findCondition(conditions, step.type)
        const frozen = Object.freeze([...conditions])
        const next = api.setCondition(frozen, step, `t${i}`)
        const after = api.findCondition(next, step.type)
        const moved = before?.status !== step.status
        expect(after?.lastTransitionTime).toBe(moved ? `t${i}` : before?.lastTransitionTime)
        expect(after).toMatchObject(step)
        expect(api.setCondition(next, step, 'later')).toBe(next)
        expect(new Set(next.map(({ type }) => type)).size).toBe(next.length)
        conditions = next
      })
    }),
  )
})

test('equality agrees with JSON, whatever the order of keys', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), (a, b) => {
      expect(api.deepEqual(a, JSON.parse(JSON.stringify(a)))).toBe(true)
      expect(api.deepEqual(a, b)).toBe(api.deepEqual(b, a))
      if (api.deepEqual(a, b)) expect(api.semanticEqual(a, b)).toBe(true)
      expect(api.compactJson(a) === api.compactJson(b)).toBe(api.deepEqual(a, b))
    }),
  )
})

test('every reason has a code, and an error made with it is known by its guard only', () => {
  for (const reason of Object.keys(api.statusCodes)) {
    if (!api.isKnownReason(reason)) throw new Error(reason)
    expect(api.StatusError.of({ reason, message: 'x' }).code).toBe(api.statusCodes[reason])
  }
})
