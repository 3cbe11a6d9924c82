import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import './button.css';
import { Icon } from './Icon';
import type { IconName } from './icons';
import { complain } from './notices';

interface ButtonProps {
  children: ComponentChildren;
  does: () => void | Promise<unknown>;
  look?: 'primary' | 'outline' | 'quiet';
  icon?: IconName;
  busy?: string; // what it says while it works
  off?: string | undefined; // why it cannot be pressed, in words; said beside it
}

/** A button that says what happens while it happens, and what went wrong where all can read it. */
export function Button({ children, does, look = 'outline', icon, busy = 'One moment', off }: ButtonProps) {
  const [working, setWorking] = useState(false);
  const press = () => {
    const result = does();
    if (!(result instanceof Promise)) return;
    setWorking(true);
    result.catch(complain).finally(() => setWorking(false));
  };
  return (
    <span class="button-place">
      <button type="button" class={`button ${look}`} disabled={working || off !== undefined} onClick={press}>
        {icon && <Icon name={icon} />}
        <span>{working ? busy : children}</span>
      </button>
      {off && <span class="caption">{off}</span>}
    </span>
  );
}

/** The same look for what leads to another view. */
export function ButtonLink({ href, look = 'outline', icon, children }: Pick<ButtonProps, 'look' | 'icon' | 'children'> & { href: string }) {
  return (
    <a class={`button ${look}`} href={href}>
      {icon && <Icon name={icon} />}
      <span>{children}</span>
    </a>
  );
}
