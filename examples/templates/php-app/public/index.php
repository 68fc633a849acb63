<?php

if ($_SERVER['REQUEST_URI'] === '/slow') {
    sleep(1);
}
$file = getenv('HOP3_DATA_DIR') . '/notes.sqlite';
$notes = new PDO("sqlite:$file");
$notes->exec('CREATE TABLE IF NOT EXISTS note (text TEXT)');
header('Content-Type: text/plain');
echo 'PHP answers, 2 ^ 70 is ', bcpow('2', '70'), ', pid ', getmypid(), "\n";
