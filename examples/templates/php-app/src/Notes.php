<?php

namespace Notes;

use PDO;
use Psr\Log\LoggerInterface;

/** Notes in a file of the data directory; each new one is logged. */
final class Notes
{
    private PDO $store;

    public function __construct(private LoggerInterface $log, string $directory)
    {
        $this->store = new PDO("sqlite:$directory/notes.sqlite");
        $this->store->exec('CREATE TABLE IF NOT EXISTS note (text TEXT)');
    }

    public function add(string $text): int
    {
        $this->store->prepare('INSERT INTO note VALUES (?)')->execute([$text]);
        $this->log->info('noted', ['text' => $text]);
        return (int) $this->store->query('SELECT count(*) FROM note')->fetchColumn();
    }
}
