// The arrangement of the home page: a person's own, or that of the role.
import { computed, nextTick, ref } from 'vue'
import { t } from '@/i18n'
import { preference } from '@/preference'
import { may, session } from '@/session'
import { cards, moved, shownCards, type CardName } from '@/views/home/homes'

export function useArrangement() {
  const kept = preference<string[] | null>('home.cards', null)
  const arranging = ref(false)
  /** For those who do not see where a card went. */
  const said = ref('')
  const allowed = (name: CardName) => {
    const { needs } = cards[name]
    return !needs || may(needs)
  }
  const shown = computed(() => shownCards(kept.value, session.current?.staff.role).filter(allowed))
  const hidden = computed(() => (Object.keys(cards) as CardName[]).filter((name) => allowed(name) && !shown.value.includes(name)))

  function place(name: CardName, to: number) {
    kept.value = moved(shown.value, name, to)
    said.value = t('home.moved', { card: t(`home.card_${name}`), n: shown.value.indexOf(name) + 1 })
    // Moved in the page, the handle lost the keyboard.
    void nextTick(() => document.querySelector<HTMLElement>(`[data-card="${name}"]`)?.focus())
  }
  return {
    arranging,
    said,
    shown,
    hidden,
    own: computed(() => kept.value != null),
    move: (name: CardName, by: number) => place(name, shown.value.indexOf(name) + by),
    drop: (name: string, before: CardName) => {
      if (name in cards) place(name as CardName, shown.value.filter((n) => n !== name).indexOf(before) + (shown.value.indexOf(name as CardName) < shown.value.indexOf(before) ? 1 : 0))
    },
    show: (name: CardName) => (kept.value = [...shown.value, name]),
    hide: (name: CardName) => (kept.value = shown.value.filter((n) => n !== name)),
    reset: () => (kept.value = null),
  }
}
