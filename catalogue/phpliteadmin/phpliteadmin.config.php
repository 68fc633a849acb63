<?php
$password = getenv('LITE_PASSWORD');
$directory = getenv('HOP3_DATA_DIR') . '/databases';
