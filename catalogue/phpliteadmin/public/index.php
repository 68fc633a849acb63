<?php
// It looks for phpliteadmin.config.php where it is.
chdir(dirname(__DIR__));
require getenv('PHPLITEADMIN');
