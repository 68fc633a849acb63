FROM localhost/languages:1
COPY src /src
RUN javac -cp /opt/share/java/commons-lang3.jar -d /classes /src/main/java/example/Main.java
CMD ["java", "-cp", "/classes:/opt/share/java/commons-lang3.jar", "example.Main"]
