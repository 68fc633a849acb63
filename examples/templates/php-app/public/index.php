<?php

use Composer\InstalledVersions;
use Greeting\Greeting;
use Monolog\Handler\StreamHandler;
use Monolog\Logger;
use Notes\Notes;

require __DIR__ . '/../vendor/autoload.php';

header('Content-Type: text/plain');
switch (parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH)) {
    case '/':
        echo Greeting::to('you'), ', 2 ^ 70 is ', bcpow('2', '70'), "\n";
        break;
    case '/slow':
        sleep(1);
        echo 'process ', getmypid(), "\n";
        break;
    case '/notes/add':
        $log = new Logger('notes', [new StreamHandler('php://stderr')]);
        $count = (new Notes($log, getenv('HOP3_DATA_DIR')))->add($_GET['text'] ?? '');
        echo "notes: $count\n";
        break;
    case '/packages':
        echo implode("\n", InstalledVersions::getInstalledPackages()), "\n";
        break;
    default:
        http_response_code(404);
        echo "nothing here\n";
}
