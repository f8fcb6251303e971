// Where the page begins.

import { mount } from 'svelte';
import { listenForHello } from '../features/embed/hello';
import { language } from '../model/language.svelte';
import '../ui/tokens.css';
import App from './App.svelte';

if (location.pathname.startsWith('/embed/')) listenForHello();
const target = document.getElementById('app');
// Nobody is shown English first, and their own language then.
void language.begin(new URLSearchParams(location.search).get('lang'), navigator.languages).then(() => {
  if (target) mount(App, { target });
});
