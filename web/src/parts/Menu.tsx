import './menu.css';

interface MenuProps {
  label: string;
  value: string;
  options: [string, string][];
  groups?: [string, [string, string][]][]; // further ones, under headings
  choose: (value: string | null) => void;
}

/** A word of a sentence that is a choice: a native select, dressed as an underlined word. */
export function Menu({ label, value, options, groups = [], choose }: MenuProps) {
  return (
    <label>
      <span class="hidden">{label}</span>
      <select class="menu" data-filter value={value} onChange={(event) => choose(event.currentTarget.value || null)}>
        {options.map(([key, word]) => (
          <option key={key} value={key}>
            {word}
          </option>
        ))}
        {groups
          .filter(([, within]) => within.length > 0)
          .map(([heading, within]) => (
            <optgroup key={heading} label={heading}>
              {within.map(([key, word]) => (
                <option key={key} value={key}>
                  {word}
                </option>
              ))}
            </optgroup>
          ))}
      </select>
    </label>
  );
}
