<?php
if (!defined('MEDIAWIKI')) {
    exit;
}
$data = getenv('HOP3_DATA_DIR');

$wgSitename = getenv('WIKI_NAME') ?: 'Our wiki';
$wgMetaNamespace = 'Project';
$wgLanguageCode = getenv('WIKI_LANGUAGE') ?: 'en';
$wgServer = rtrim(getenv('HOP3_PUBLIC_URL') ?: 'http://localhost', '/');
$wgScriptPath = '';
$wgResourceBasePath = '';
$wgUsePathInfo = false;

$wgDBtype = 'sqlite';
$wgDBname = 'wiki';
$wgSQLiteDataDir = "$data/wiki";
$wgMainCacheType = CACHE_ACCEL;
$wgCacheDirectory = getenv('TMPDIR') . '/mediawiki';
$wgSecretKey = getenv('WIKI_SECRET') ?: null;
// Tables are changed by setup.sh alone.
$wgUpgradeKey = false;

$wgEnableUploads = true;
$wgUploadDirectory = "$data/images";
// It asks whether the visitor may read.
$wgUploadPath = '/img_auth.php';
$wgFileExtensions = ['png', 'gif', 'jpg', 'jpeg', 'webp', 'pdf'];

$wgGroupPermissions['*']['edit'] = false;
$wgGroupPermissions['*']['createaccount'] = getenv('WIKI_ACCOUNTS') === 'everybody';
$wgGroupPermissions['*']['read'] = getenv('WIKI_READERS') !== 'accounts';

wfLoadExtensions(['Cite', 'ParserFunctions', 'WikiEditor']);
wfLoadSkin('Vector');
$wgDefaultSkin = 'vector-2022';
