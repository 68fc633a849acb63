<?php

// Without composer.json and without hop3.toml: PHP files in public are an app.
$path = parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH);
header('content-type: text/plain; charset=utf-8');

if ($path === '/') {
    $name = $_GET['name'] ?? 'you';
    echo "Hello $name, from PHP " . PHP_MAJOR_VERSION . "\n";
} elseif ($path === '/kept') {
    $file = getenv('HOP3_DATA_DIR') . '/kept.txt';
    file_put_contents($file, "kept\n");
    readfile($file);
} else {
    http_response_code(404);
    echo "nothing here\n";
}
