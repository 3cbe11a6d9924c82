import './tokens.css';
import './base.css';
import { render } from 'preact';
import { App } from './app';
import { applyTheme } from './theme';

applyTheme();
const place = document.getElementById('app');
if (place) render(<App />, place);
