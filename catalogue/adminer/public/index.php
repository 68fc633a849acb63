<?php
require getenv('ADMINER');
