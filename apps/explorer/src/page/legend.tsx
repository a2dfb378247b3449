/** What shapes and colours mean. */
export function Legend() {
  return (
    <ul class="legend" aria-label="Legend">
      <li>by 2 · 4: proposer 2, weight 4</li>
      <Item kind="block finalized" text="✓✓ final" />
      <Item kind="block justified" text="✓ justified" />
      <Item kind="block canonical" text="on the chain" />
      <Item kind="block side" text="side branch" />
      <Item kind="block orphaned" text="✕ orphaned" />
      <li>
        <span class="swatch in-0" /> vote in the block
      </li>
      <li>
        <span class="swatch in-1" /> in time
      </li>
      <li>
        <span class="swatch in-2" /> late
      </li>
      <li>≠ for another head</li>
      <li>
        <span class="swatch line" /> two thirds
      </li>
      <li>◇ may be justified</li>
      <li>– barred by the back-off rule</li>
    </ul>
  )
}

function Item({ kind, text }: { kind: string; text: string }) {
  return (
    <li>
      <svg width="20" height="14" aria-hidden="true">
        <g class={kind}>
          <rect x="1" y="1" width="18" height="12" rx="4" />
        </g>
      </svg>
      {text}
    </li>
  )
}
