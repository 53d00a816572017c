"""A program that people let act for them, at Cobot's and at Spacebring's door, written as an integrator would."""
import base64
import hashlib
import html
import http.server
import os
import re
import secrets
import threading
import urllib.parse

import requests

BASE = os.environ['TENURE_URL']
OWN = BASE + '/api/tenure/v1'
ADMIN = {'Authorization': 'Bearer ' + os.environ['TENURE_ADMIN_TOKEN']}
LOGIN, PASSWORD = os.environ['TENURE_LOGIN'], os.environ['TENURE_PASSWORD']
COBOT = {'Host': os.environ['COBOT_HOST']}
came = []


class Callback(http.server.BaseHTTPRequestHandler):
    """Where people come back to."""

    def do_GET(self):
        came.append(dict(urllib.parse.parse_qsl(urllib.parse.urlparse(self.path).query)))
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b'Thank you.')

    def log_message(self, *_):
        pass


server = http.server.HTTPServer(('127.0.0.1', 0), Callback)
threading.Thread(target=server.serve_forever, daemon=True).start()
REDIRECT = f'http://127.0.0.1:{server.server_port}/callback'


def ask(method, url, status=200, **more):
    response = requests.request(method, url, allow_redirects=False, **more)
    assert response.status_code == status, (method, url, response.status_code, response.text)
    return response


def register(door, **more):
    body = {'name': 'Integrator', 'door': door, 'redirect_uris': [REDIRECT], **more}
    return ask('POST', OWN + '/clients', 201, headers=ADMIN, json=body).json()


def hidden(page):
    found = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)"', page)
    return {html.unescape(name): html.unescape(value) for name, value in found}


def consent(path, client, scope, answer, challenge=None):
    """A person with a browser: redirects are followed to the callback's own server."""
    browser = requests.Session()
    state = secrets.token_urlsafe()
    query = {'client_id': client['client_id'], 'response_type': 'code', 'redirect_uri': REDIRECT, 'state': state}
    query.update({'scope': scope} if scope else {})
    query.update({'code_challenge': challenge, 'code_challenge_method': 'S256'} if challenge else {})
    page = browser.get(BASE + path, params=query)
    form = hidden(page.text) | {'login': LOGIN, 'password': PASSWORD}
    page = browser.post(BASE + '/login', data=form)
    assert 'use your account?' in page.text, page.text
    end = browser.post(BASE + path, data=hidden(page.text) | {'answer': answer})
    assert end.text == 'Thank you.' and end.url.startswith(REDIRECT), end.url
    told = came.pop()
    assert told['state'] == state and told['iss'].startswith(BASE), told
    return told


# Cobot: a code with PKCE, a token that does not end
cobot = register('cobot')
verifier = secrets.token_urlsafe(48)
challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b'=').decode()
told = consent('/oauth/authorize', cobot, 'read_user read_resources', 'deny', challenge)
assert told['error'] == 'access_denied' and 'code' not in told
told = consent('/oauth/authorize', cobot, 'read_user read_resources', 'allow', challenge)
fields = {
    'client_id': cobot['client_id'], 'client_secret': cobot['client_secret'], 'grant_type': 'authorization_code',
    'code': told['code'], 'code_verifier': verifier,
}
got = ask('POST', BASE + '/oauth/access_token', data=fields).json()
assert set(got) == {'access_token', 'token_type'} and got['token_type'] == 'bearer', got
token = {'Authorization': 'Bearer ' + got['access_token']}
user = ask('GET', BASE + '/api/user', headers=COBOT | token).json()
assert user['email'], user
ask('GET', BASE + '/api/resources', headers=COBOT | token)
ask('GET', BASE + '/api/memberships', 403, headers=COBOT | token)
ask('GET', OWN + '/bookings', 401, headers=token)
granted = ask('GET', BASE + '/api/access_tokens/' + got['access_token'], headers=COBOT).json()
assert granted == {'scope': ['read_user', 'read_resources']}, granted
# The code comes a second time: the token ends with it.
refused = ask('POST', BASE + '/oauth/access_token', 400, data=fields).json()
assert refused['error'] == 'invalid_grant', refused
ask('GET', BASE + '/api/user', 401, headers=COBOT | token)

# Spacebring: tokens that end and are renewed, for a client by Basic
spacebring = register('spacebring')
basic = (spacebring['client_id'], spacebring['client_secret'])
told = consent('/spacebring/oauth2/authorize', spacebring, None, 'allow')
place = BASE + '/spacebring/oauth2/token'
fields = {'grant_type': 'authorization_code', 'code': told['code'], 'redirect_uri': REDIRECT}
first = ask('POST', place, auth=basic, data=fields).json()
assert first['expires_in'] == 3600 and first['token_type'] == 'Bearer' and first['scope'] == 'resources', first
fields = {'grant_type': 'refresh_token', 'refresh_token': first['refresh_token']}
second = ask('POST', place, auth=basic, data=fields).json()
network = {'spacebring-network-id': os.environ['SPACEBRING_NETWORK']}
token = {'Authorization': 'Bearer ' + second['access_token']}
assert ask('GET', BASE + '/spacebring/locations/v1', headers=network | token).json()['locations']
assert ask('GET', BASE + '/spacebring/locations/v1', auth=basic).json()['locations']
# Deleting the client ends it all at once.
ask('DELETE', f'{OWN}/clients/{spacebring["id"]}', 204, headers=ADMIN)
ask('GET', BASE + '/spacebring/locations/v1', 401, headers=network | token)
ask('GET', BASE + '/spacebring/locations/v1', 401, auth=basic)
ask('POST', place, 401, auth=basic, data=fields)
print('the whole dance')
