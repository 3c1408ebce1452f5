import { describe, expect, it } from 'vitest'
import { fieldChanges as changes } from '@/views/audit/detail'

const fieldChanges = (detail: string) => changes(detail, (group, value) => `${group}.${value}`)

describe('the detail of an audit entry', () => {
  it('stands field by field, before beside after', () => {
    const found = fieldChanges('{"before":{"name":"a","disabled":false,"x":null},"after":{"name":"b","disabled":false}}')!
    expect(found.map((f) => [f.field, f.before, f.after, f.differs])).toEqual([
      ['name', 'a', 'b', true],
      ['disabled', 'yes_no.no', 'yes_no.no', false],
      ['x', null, null, false],
    ])
  })
  it('shows what was made, what was taken away, and facts of which there is no before', () => {
    expect(fieldChanges('{"after":{"tag":"C1"}}')).toEqual([{ field: 'tag', before: null, after: 'C1', differs: true }])
    expect(fieldChanges('{"before":{"tag":"C1"}}')).toEqual([{ field: 'tag', before: 'C1', after: null, differs: true }])
    expect(fieldChanges('{"account":"li"}')![0]).toMatchObject({ field: 'account', before: null, after: 'li' })
    expect(fieldChanges('{}')).toEqual([])
    expect(fieldChanges('{"after":{"list":[1,2],"place":{"kind":"cities"}}}')!.map((f) => f.after)).toEqual(['1、2', expect.stringContaining('cities')])
  })
  it('says when it cannot be read', () => {
    for (const bad of ['', '{', '[]', 'null', '"x"']) expect(fieldChanges(bad)).toBeNull()
  })
})
